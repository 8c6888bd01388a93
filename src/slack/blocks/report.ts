import type { ActionsBlock, Button, KnownBlock, StaticSelect } from '@slack/types';
import type { ReportChanges } from '../../readiness/compare-reports.ts';
import type { CheckResult, Report } from '../../readiness/report.ts';
import { countsLine, nextStepOf, verdictLabels } from '../../readiness/status-text.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import type { Message } from '../../text/message.ts';
import { actionIds } from '../action-ids.ts';
import { fitBlocks } from './budget.ts';
import { checkBlock, passedBlock, unknownBlocks } from './check-result.ts';
import { itemTable } from './item-table.ts';
import { bold, clip, lineBreak, paragraph, plain, quoted, richText } from './text.ts';

/** Slack's limit for the options of a menu. */
const MAX_OPTIONS = 100;

export interface ReportView {
  /** `short` answers in one screen; `full` shows every check with its evidence. */
  detail: 'short' | 'full';
  /** Changes since the previous report; null when there is none. */
  changes: ReportChanges | null;
  /** True when only the asker sees it, so it can be shared. */
  isPrivate: boolean;
}

export function reportMessage(report: Report, view: ReportView): Message {
  const checks = report.items.flatMap((item) => item.checks);
  const body = view.detail === 'full' ? fullBody(report) : shortBody(checks);
  const blocks = fitBlocks(
    [headline(report), summary(report, view), ...(view.detail === 'short' ? [itemTable(report)] : [])],
    body,
    [footer(report), reportButtons(report, view)],
    (leftOut) => cutNotice(report, leftOut),
  );
  return { text: fallbackText(report), blocks };
}

const verdictTitle = (report: Report): string => {
  const { word, mark } = verdictLabels[report.verdict];
  return `${mark} ${environmentLabel({ name: report.environment, production: report.production })}: ${word}`;
};

const headline = (report: Report): KnownBlock => ({
  type: 'header',
  text: { type: 'plain_text', text: clip(verdictTitle(report), 150), emoji: true },
});

function summary(report: Report, { changes }: ReportView): KnownBlock {
  const lines = [bold(countsLine(report))];
  const changed = changes ? changesLine(changes) : null;
  if (changed) lines.push(lineBreak, plain(`Since the last report: ${clip(changed, 400)}`));
  const next = nextStepOf(report);
  if (next) lines.push(lineBreak, bold('Next: '), plain(clip(next, 600)));
  return richText(paragraph(...lines));
}

function changesLine({ resolved, readable, broken }: ReportChanges): string | null {
  const checksLine = (checks: CheckResult[], word: string): string | null =>
    checks.length > 0 ? `${checks.length} ${word} (${checks.map(({ id }) => id).join(', ')})` : null;
  // An accepted check counts as passed, but it is not fixed.
  const [accepted, fixed] = [
    resolved.filter(({ status }) => status === 'waived'),
    resolved.filter(({ status }) => status !== 'waived'),
  ];
  const parts = [
    checksLine(fixed, 'resolved'),
    checksLine(accepted, 'accepted'),
    checksLine(broken, 'newly failed'),
    readable.length > 0 ? `${readable.length} readable again` : null,
  ].filter((part) => part !== null);
  return parts.length > 0 ? parts.join('; ') : null;
}

function shortBody(checks: CheckResult[]): KnownBlock[][] {
  const failed = checks.filter(({ status }) => status === 'fail');
  const warned = checks.filter(({ status }) => status === 'warn');
  const unclear = checks.filter(({ status }) => status === 'unknown');
  return [
    ...failed.map((check) => [checkBlock(check, 'short')]),
    ...unknownBlocks(unclear).map((block) => [block]),
    ...warned.map((check) => [checkBlock(check, 'short')]),
  ];
}

function fullBody(report: Report): KnownBlock[][] {
  return report.items.flatMap((item) => {
    const open = item.checks.filter(({ status }) => status !== 'pass' && status !== 'skipped');
    const rest = item.checks.filter(({ status }) => status === 'pass' || status === 'skipped');
    return [
      [richText(paragraph(bold(item.title)))],
      ...open.map((check) => [checkBlock(check, 'full')]),
      ...(rest.length > 0 ? [[passedBlock(rest)]] : []),
    ];
  });
}

/** Safe as mrkdwn: it holds only our own numbers, ids and a time. */
function footer({ apiCalls, durationMs, checkedAt, snapshot, id }: Report): KnownBlock {
  const iso = new Date(checkedAt).toISOString();
  const time = `<!date^${Math.floor(checkedAt / 1000)}^{date_short_pretty} {time_secs}|${iso}>`;
  const parts = [
    time,
    `${apiCalls} API ${apiCalls === 1 ? 'call' : 'calls'} in ${(durationMs / 1000).toFixed(1)} s`,
    snapshot ? `snapshot \`${snapshot.slice(0, 12)}\`` : 'no snapshot: nothing could be read',
    `report \`${id}\``,
  ];
  return { type: 'context', elements: [{ type: 'mrkdwn', text: parts.join(' · ') }] };
}

const cutNotice = ({ environment }: Report, leftOut: number): KnownBlock =>
  richText(
    paragraph(
      bold(`${leftOut} more ${leftOut === 1 ? 'part does' : 'parts do'} not fit in this message. `),
      plain(`Full report: npm run -s envcheck -- check ${environment} --json`),
    ),
  );

function fallbackText(report: Report): string {
  const next = nextStepOf(report);
  const text = `${verdictTitle(report)}. ${countsLine(report)}.${next ? ` Next: ${clip(next, 300)}` : ''}`;
  return quoted(text, 2_000);
}

const button = (text: string, action_id: string, value: string): Button => ({
  type: 'button',
  text: { type: 'plain_text', text },
  action_id,
  value,
});

/** A report in the channel has no Share button, and a full report has no Show all button. */
function reportButtons(report: Report, { detail, isPrivate }: ReportView): ActionsBlock {
  const failed = detail === 'short' ? report.items.flatMap(({ checks }) => checks).filter(isAcceptable) : [];
  return {
    type: 'actions',
    // A menu returns only the chosen option, so the block id carries the report.
    ...(failed.length > 0 ? { block_id: report.id } : {}),
    elements: [
      button('Re-check', actionIds.recheck, report.environment),
      ...(detail === 'short' ? [button('Show all', actionIds.showAll, report.id)] : []),
      ...(isPrivate ? [button('Share', actionIds.share, report.id)] : []),
      ...(failed.length > 0 ? [acceptMenu(failed)] : []),
    ],
  };
}

/** A partly judged failure cannot be accepted: its findings are not all known yet. */
const isAcceptable = ({ status, unjudged }: CheckResult): boolean => status === 'fail' && !unjudged;

const acceptMenu = (failed: readonly CheckResult[]): StaticSelect => ({
  type: 'static_select',
  action_id: actionIds.acceptCheck,
  placeholder: { type: 'plain_text', text: 'Accept…' },
  options: failed.slice(0, MAX_OPTIONS).map(({ id, title }) => ({
    text: { type: 'plain_text', text: clip(title, 75) },
    value: clip(id, 75),
  })),
});
