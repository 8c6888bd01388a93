import type { CheckResult, ItemResult } from '../../readiness/report.ts';
import { statusLabels, verdictLabels } from '../../readiness/status-text.ts';
import { canonicalJson } from '../../text/canonical-json.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import { printable } from '../../text/printable.ts';
import type { GoLiveRecord } from './build-record.ts';

/** The record as Markdown for people, with the complete record as JSON at the end. */
export function recordMarkdown(record: GoLiveRecord): string {
  const { mark, word } = verdictLabels[record.verdict];
  const label = environmentLabel({ name: record.environment, production: record.production });
  const data = canonicalJson(record);
  const fence = '`'.repeat(Math.max(3, ...(data.match(/`+/g) ?? []).map((run) => run.length + 1)));
  return [
    `# Go-live record of ${escaped(label)}`,
    '',
    `${mark} **${word}**, checked at ${record.checkedAt}`,
    '',
    `- Report: \`${record.report}\``,
    `- Snapshot of the configuration: ${record.snapshot ? `\`${record.snapshot}\`` : 'none, nothing could be read'}`,
    `- ${record.apiCalls} API calls in ${record.durationMs} ms`,
    `- Envcheck ${escaped(record.envcheck)}`,
    ...(record.items as ItemResult[]).flatMap(itemLines),
    '',
    '## Sign-off history',
    '',
    ...listOr((record.signOffs as RecordedAct[]).map(actLine), 'No sign-offs were recorded.'),
    '',
    '## Active waivers',
    '',
    ...listOr((record.waivers as RecordedWaiver[]).map(acceptedLine), 'No waivers were active.'),
    '',
    '## Complete record',
    '',
    `${fence}json`,
    data,
    fence,
    '',
  ].join('\n');
}

const listOr = (lines: string[], none: string): string[] => (lines.length > 0 ? lines : [none]);

function itemLines({ title, checks }: ItemResult): string[] {
  return [
    '',
    `## ${escaped(title)}`,
    '',
    '| status | check | expected | actual | evidence |',
    '| --- | --- | --- | --- | --- |',
    ...checks.map(checkLine),
  ];
}

function checkLine({ id, status, severity, expected, actual, reason, evidence }: CheckResult): string {
  const { mark, word } = statusLabels[status];
  const found = reason === null ? actual : `${actual}\n${reason}`;
  const calls = evidence.map(
    (source) => `${source.method} ${source.path} ${source.status ?? 'no answer'} ${source.callId}`,
  );
  const cells = [
    `${mark} ${word}${severity === 'advisory' ? ', advisory' : ''}`,
    id,
    expected,
    found,
    calls.join('\n'),
  ];
  return `| ${cells.map(cell).join(' | ')} |`;
}

interface RecordedAct {
  id: string;
  signOff: string;
  act: string;
  at: string;
  by: string;
  note: string | null;
  evidence: string | null;
  snapshot: string | null;
  until: string | null;
  changes: { total: number; shown: string[] } | null;
}

const verbs: Record<string, string> = {
  sign: 'signed',
  refuse: 'refused',
  withdraw: 'withdrew',
  void: 'found void',
};

const actLine = (act: RecordedAct): string =>
  `- ${[
    `${act.at}: ${act.by} ${verbs[act.act] ?? act.act} ${act.signOff}`,
    ...(act.snapshot ? [`on snapshot ${act.snapshot.slice(0, 12)}`] : []),
    ...(act.until ? [`until ${act.until}`] : []),
    ...(act.note ? [`“${act.note}”`] : []),
    ...(act.evidence ? [act.evidence] : []),
    ...(act.changes ? [`${act.changes.total} changed: ${act.changes.shown.join('; ')}`] : []),
    act.id,
  ]
    .map(escaped)
    .join(', ')}`;

interface RecordedWaiver {
  id: string;
  subject: Record<string, string>;
  reason: string;
  by: string;
  until: string;
  shown: string;
}

const acceptedLine = ({ id, subject, reason, by, until, shown }: RecordedWaiver): string =>
  `- ${escaped(`${subject.check ?? subject.path}: ${shown}; accepted by ${by} until ${until}, because ${reason}, ${id}`)}`;

const cell = (text: string): string => text.split('\n').map(escaped).join('<br>');

/** Item names are escaped: they are text, not Markdown. */
const escaped = (text: string): string => printable(text).replace(/[\\`*_[\]<>#|~&]/g, '\\$&');
