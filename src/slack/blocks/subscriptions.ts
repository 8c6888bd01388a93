import type { KnownBlock, RichTextElement } from '@slack/types';
import type { ReportStatus, ReportsOverview } from '../../digests/schedule/overview.ts';
import { lastRunText, nextRunText } from '../../digests/schedule/report-status-text.ts';
import type { ScheduledReport } from '../../digests/schedule/scheduled-report.ts';
import { requestText, subscriptionText } from '../../digests/schedule/subscription-text.ts';
import type { Subscription } from '../../store/subscriptions.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import type { Message } from '../../text/message.ts';
import { fitBlocks } from './budget.ts';
import { bold, clip, code, lineBreak, paragraph, plain, quoted, richText } from './text.ts';

export interface SubscriptionsView {
  overview: ReportsOverview;
  environments: readonly { name: string; production: boolean }[];
  /** Time zone of the asker. */
  timezone: string;
  note: string | null;
}

/** The scheduled posts: what, where and when next. Slack shows a channel's name only to people who may see it. */
export function subscriptionsMessage({ overview, environments, timezone, note }: SubscriptionsView): Message {
  const { reports, notices, orphans } = overview;
  const label = (name: string) =>
    environmentLabel(environments.find((each) => each.name === name) ?? { name, production: false });
  const counts = [
    `${reports.filter(({ report }) => report.origin === 'config').length} from the config`,
    `${reports.filter(({ report }) => report.origin === 'subscription').length + notices.length} subscribed`,
    ...(orphans.length > 0 ? [`${orphans.length} for removed environments`] : []),
  ].join(', ');
  const next = reports
    .filter((line) => line.next !== null)
    .toSorted((one, other) => (one.next ?? 0) - (other.next ?? 0))[0];
  const head: KnownBlock[] = [
    { type: 'header', text: { type: 'plain_text', text: 'Scheduled posts' } },
    richText(
      paragraph(
        bold(`${counts}.`),
        plain(` Times are in ${timezone}.`),
        ...(note ? [lineBreak, plain(note.replaceAll('`', ''))] : []),
      ),
    ),
  ];
  const parts = [
    ...reports.map((line): KnownBlock[] => [reportPart(line, label, timezone)]),
    ...notices.map((each): KnownBlock[] => [noticePart(each, label)]),
    ...orphans.map((each): KnownBlock[] => [orphanPart(each)]),
  ];
  const empty =
    parts.length === 0
      ? [
          [
            richText(
              paragraph(
                plain('None yet. To start one in this channel: '),
                code('/envcheck subscribe prod daily at 09:00'),
              ),
            ),
          ],
        ]
      : parts;
  return {
    text: quoted(
      `Scheduled posts: ${counts}.${next ? ` ${next.report.name}: ${nextRunText(next, timezone)}.` : ''}`,
      1_000,
    ),
    blocks: fitBlocks(head, empty, [], (leftOut) =>
      richText(
        paragraph(
          bold(`${leftOut} more do not fit in this message. `),
          plain('Full list: npm run -s envcheck -- subscriptions'),
        ),
      ),
    ),
  };
}

function reportPart(line: ReportStatus, label: (name: string) => string, timezone: string): KnownBlock {
  const { report } = line;
  const [environment = ''] = report.environments;
  const origin =
    report.origin === 'config'
      ? ['from the config']
      : ['to stop it, type in that channel: ', `/envcheck unsubscribe ${environment} ${typedAgain(report)}`];
  return richText(
    paragraph(
      bold(clip(titleOf(report, label), 150)),
      plain(`: ${report.sections.join(', ')}, in `),
      channelElement(report.channel),
      lineBreak,
      plain(`${nextRunText(line, timezone)} · ${clip(lastRunText(line, timezone), 300)}`),
      lineBreak,
      ...origin.map((text, index) => (index === 1 ? code(text) : plain(text))),
    ),
  );
}

/** The name of a subscription begins with its environment, which is replaced by its label. */
const titleOf = ({ name, origin, environments }: ScheduledReport, label: (name: string) => string): string =>
  origin === 'config'
    ? `${name}, for ${environments.map(label).join(', ')}`
    : name.replace(environments[0] ?? '', label(environments[0] ?? ''));

/** The arguments that would create the subscription; its cron is `minute hour * * days`. */
function typedAgain({ cron, sections }: ReportStatus['report']): string {
  if (sections.length === 1) return 'drift';
  const [minute = '', hour = '', , , days] = cron.split(' ');
  const time = `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`;
  return requestText({ kind: 'digest', schedule: { days: days === '*' ? 'daily' : 'weekdays', time } });
}

const noticePart = (subscription: Subscription, label: (name: string) => string): KnownBlock =>
  richText(
    paragraph(
      bold(`${label(subscription.environment)} failures`),
      plain(`: ${subscriptionText(subscription, label(subscription.environment))}, in `),
      channelElement(subscription.channel),
      lineBreak,
      plain('to stop it, type in that channel: '),
      code(`/envcheck unsubscribe ${subscription.environment} failures`),
    ),
  );

const orphanPart = (subscription: Subscription): KnownBlock =>
  richText(
    paragraph(
      bold(`${subscription.environment} ${requestText(subscription)}`),
      plain(': this environment is no longer in the config, so nothing is posted, in '),
      channelElement(subscription.channel),
    ),
  );

const channelElement = (channel: string): RichTextElement => ({ type: 'channel', channel_id: channel });
