import type { KnownBlock } from '@slack/types';
import type { BotHealth } from '../../commands/self.ts';
import { comparisonText, outboxText, sizeText } from '../../commands/self-text.ts';
import { lastRunText, nextRunText } from '../../digests/schedule/report-status-text.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import type { Message } from '../../text/message.ts';
import { AHEAD_TEXT, isAhead } from '../../time/age.ts';
import { dateTimeText } from '../../time/date-time-text.ts';
import { durationText } from '../../time/duration-text.ts';
import { fitBlocks } from './budget.ts';
import { bold, bullets, clip, lineBreak, paragraph, plain, quoted, richText } from './text.ts';

export interface SelfView {
  state: BotHealth;
  /** Epoch ms. */
  startedAt: number;
  now: number;
  /** Time zone of the asker. */
  timezone: string;
  note: string | null;
}

const MAX_ENVIRONMENTS = 20;

/** Bot health: scheduled runs, outbox, last deliveries, database. */
export function selfMessage({ state, startedAt, now, timezone, note }: SelfView): Message {
  const outbox = outboxText(state.outbox, now);
  const failed = state.reports.reports.filter(({ last }) => last?.state === 'failed');
  const troubles =
    outbox.troubles.length + failed.length + state.clocks.length + (state.databaseBytes === null ? 1 : 0);
  const mark = troubles > 0 ? '⚠️' : '✅';
  const headline = `Envcheck ${state.version}, up for ${durationText(Math.max(now - startedAt, 0))}, database ${sizeText(state)}`;
  const trouble = troubles > 0 ? `${troubles} ${troubles === 1 ? 'problem' : 'problems'}` : 'no problems';
  const head: KnownBlock[] = [
    richText(
      paragraph(
        bold(`${mark} ${headline}: ${trouble}`),
        lineBreak,
        plain(`Times are in ${timezone}.`),
        ...state.clocks.flatMap((text) => [lineBreak, plain(`⚠️ ${text}.`)]),
        ...(note ? [lineBreak, plain(note.replaceAll('`', ''))] : []),
      ),
    ),
    richText(
      paragraph(bold('Outbox: '), plain(outbox.headline)),
      ...(outbox.troubles.length > 0
        ? [bullets(outbox.troubles.slice(0, 10).map((each) => [plain(clip(each, 300))]))]
        : []),
      ...(outbox.troubles.length > 10
        ? [paragraph(plain(`${outbox.troubles.length - 10} more: /readyz lists all.`))]
        : []),
    ),
    ofEnvironments('Last delivery', state.deliveries, (each) => deliveryText(each, now, timezone)),
    ofEnvironments('Contracts compared with the log', state.comparisons, (each) =>
      clip(comparisonText(each, now).replaceAll('`', ''), 300),
    ),
  ];
  const parts = state.reports.reports.map((line): KnownBlock[] => [
    richText(
      paragraph(
        bold(clip(line.report.name, 100)),
        plain(`: ${nextRunText(line, timezone)} · ${clip(lastRunText(line, timezone), 300)}`),
      ),
    ),
  ]);
  const none = [[richText(paragraph(plain('No report is scheduled.')))]];
  return {
    text: quoted(`${mark} ${headline}: ${trouble}. Outbox: ${outbox.headline}.`, 1_000),
    blocks: fitBlocks(head, parts.length > 0 ? parts : none, [], (leftOut) =>
      richText(paragraph(plain(`${leftOut} more reports: /envcheck subscriptions lists them.`))),
    ),
  };
}

/** One line for each environment, under a title. */
const ofEnvironments = <Line extends { environment: string; production: boolean }>(
  title: string,
  lines: readonly Line[],
  text: (line: Line) => string,
): KnownBlock =>
  richText(
    paragraph(bold(title)),
    bullets([
      ...lines
        .slice(0, MAX_ENVIRONMENTS)
        .map((each) => [
          plain(
            `${environmentLabel({ name: each.environment, production: each.production })}: ${text(each)}`,
          ),
        ]),
      ...(lines.length > MAX_ENVIRONMENTS
        ? [[plain(`…and ${lines.length - MAX_ENVIRONMENTS} more: npm run -s envcheck -- doctor`)]]
        : []),
    ]),
  );

function deliveryText(
  { at, receives }: BotHealth['deliveries'][number],
  now: number,
  timezone: string,
): string {
  if (at !== null) return `${dateTimeText(at, timezone)}${isAhead(at, now) ? `, ${AHEAD_TEXT}` : ''}`;
  return receives ? 'none in the log' : 'none; no webhooks are configured';
}
