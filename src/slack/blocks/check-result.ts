import type { KnownBlock, RichTextBlockElement, RichTextText } from '@slack/types';
import { pairedLines } from '../../readiness/paired-lines.ts';
import type { CheckResult } from '../../readiness/report.ts';
import { statusLabels } from '../../readiness/status-text.ts';
import { bold, bullets, clip, code, lineBreak, paragraph, plain, richText } from './text.ts';

const SHORT_FINDINGS = 3;
const FULL_FINDINGS = 8;

/** A check that did not pass: what was expected, what was found, what to do, and the request that proves it. */
export function checkBlock(check: CheckResult, detail: 'short' | 'full'): KnownBlock {
  const { word, mark } = statusLabels[check.status];
  const advisory = check.severity === 'advisory' ? ', advisory' : '';
  const most = detail === 'short' ? SHORT_FINDINGS : FULL_FINDINGS;
  const pairs = pairedLines(check);
  const elements: RichTextBlockElement[] = [
    paragraph(bold(`${mark} ${check.title}`), plain(` (${word}${advisory}) `), code(check.id)),
  ];
  if (check.status !== 'unknown')
    elements.push(
      bullets([
        ...pairs
          .slice(0, most)
          .map(({ expected, actual }) => [plain(`${clip(expected, 220)} → `), bold(clip(actual, 220))]),
        ...(pairs.length > most ? [[plain(`…and ${pairs.length - most} more`)]] : []),
      ]),
    );
  const closing: RichTextText[] = [];
  if (check.reason) closing.push(plain(`Reason: ${clip(check.reason, 500)}`), lineBreak);
  if (check.remedy) closing.push(bold('Next: '), plain(clip(check.remedy, 400)), lineBreak);
  closing.push(plain(evidenceLine([check])));
  elements.push(paragraph(...closing));
  return richText(...elements);
}

/** Unknown checks with the same reason and next step share one block. */
export function unknownBlocks(checks: CheckResult[]): KnownBlock[] {
  const alike = Map.groupBy(checks, ({ reason, remedy }) => `${reason ?? ''}\n${remedy ?? ''}`);
  return [...alike.values()].map((group) => {
    const [first] = group;
    if (group.length === 1 && first) return checkBlock(first, 'short');
    const closing: RichTextText[] = [plain(`Reason: ${clip(first?.reason ?? '', 500)}`)];
    if (first?.remedy) closing.push(lineBreak, bold('Next: '), plain(clip(first.remedy, 400)));
    return richText(
      paragraph(
        bold(`${statusLabels.unknown.mark} ${group.length} checks could not be judged`),
        plain(` (unknown) ${clip(group.map(({ id }) => id).join(', '), 600)}`),
        lineBreak,
        ...closing,
        lineBreak,
        plain(evidenceLine(group)),
      ),
    );
  });
}

export const passedBlock = (checks: CheckResult[]): KnownBlock =>
  richText(
    bullets(
      checks.map((check) => [
        plain(`${statusLabels[check.status].mark} ${check.title}: ${clip(outcome(check), 160)}`),
      ]),
    ),
  );

function outcome(check: CheckResult): string {
  if (check.status === 'skipped') return `skipped, ${check.reason ?? ''}`;
  const lines = check.actual.split('\n');
  const distinct = [...new Set(lines)];
  return distinct.length === 1 && lines.length > 1 ? `${lines.length} × ${distinct[0]}` : distinct.join('; ');
}

/** Source of a result that rests on no single call. */
function recordOf({ id, item }: CheckResult): string {
  if (item === 'sign-offs') return 'the sign-off record';
  if (id.startsWith('promotion.')) return 'stored reports and readings';
  const readsLog =
    item === 'logging' || ['host.calls', 'routing.business-user', 'webhooks.delivering'].includes(id);
  return readsLog ? 'the event log' : 'envcheck.yaml';
}

function evidenceLine(group: CheckResult[]): string {
  const evidence = group.flatMap((check) => check.evidence);
  const [first] = evidence;
  if (!first) return `Evidence: ${[...new Set(group.map(recordOf))].join(', ')}`;
  const more = new Set(evidence.map(({ callId }) => callId)).size - 1;
  const status = first.status ?? 'no answer';
  return clip(
    `Evidence: ${first.method} ${shortPath(first.path)} ${status}, ${first.callId}${more > 0 ? ` and ${more} more` : ''}`,
    300,
  );
}

/** The path without the common prefix and the query; the log has the complete path under the call's id. */
const shortPath = (path: string): string =>
  path.replace(/^.*\/api\/v[\d.]+\/public/, '').replace(/\?.*$/, '');
