import { declaredReason } from '../readiness/evaluate.ts';
import { pairedLines } from '../readiness/paired-lines.ts';
import type { CheckResult, ItemResult, Report, Status } from '../readiness/report.ts';
import {
  countsLine,
  nextStepOf,
  statusLabels,
  statusOrder,
  verdictLabels,
} from '../readiness/status-text.ts';
import type { Source } from '../spotdraft/fact.ts';
import { environmentLabel } from '../text/environment-label.ts';
import { printable } from '../text/printable.ts';
import type { Terminal } from './terminal.ts';
import { hangingIndent } from './wrap.ts';

type Style = Parameters<Terminal['style']>[0];

export const statusStyles: Record<Status, Style> = {
  fail: 'red',
  unknown: 'yellow',
  warn: 'yellow',
  waived: 'cyan',
  pass: 'green',
  skipped: 'dim',
};

/** A report for a terminal: verdict and counts, the checklist, then each check that did not pass, with its evidence. */
export function renderReport(report: Report, terminal: Terminal): string {
  const { mark, word } = verdictLabels[report.verdict];
  const label = environmentLabel({ name: report.environment, production: report.production });
  const next = nextStepOf(report);
  const checks = report.items.flatMap((item) => item.checks);
  const open = statusOrder
    .filter((status) => status === 'fail' || status === 'warn')
    .flatMap((status) => checks.filter((check) => check.status === status));
  const unclear = [
    ...Map.groupBy(
      checks.filter(({ status }) => status === 'unknown'),
      ({ reason, remedy }) => `${reason}\n${remedy}`,
    ).values(),
  ];
  return [
    terminal.style('bold', `${mark} ${label}: ${word}`),
    countsLine(report),
    ...(next ? [hangingIndent('Next: ', next, terminal.width)] : []),
    '',
    ...report.items.map((item) => itemLine(item, report, terminal)),
    ...[...open.map((check) => [check]), ...unclear].flatMap((group) => ['', renderGroup(group, terminal)]),
    '',
    terminal.style('dim', footer(report)),
    '',
  ].join('\n');
}

function itemLine(item: ItemResult, { items }: Report, terminal: Terminal): string {
  const { id, status, checks } = item;
  const width = Math.max(...items.map((item) => item.id.length));
  const counts = statusOrder
    .map((each) => ({ each, count: checks.filter((check) => check.status === each).length }))
    .filter(({ count }) => count > 0)
    .map(({ each, count }) => `${count} ${statusLabels[each].word}`);
  return `  ${terminal.style(statusStyles[status], statusLabels[status].mark)} ${id.padEnd(width)}  ${printable(declaredReason(item) ?? counts.join(', '))}`;
}

/** One check, or several that are unknown for the same reason and have the same next step. */
function renderGroup(group: CheckResult[], terminal: Terminal): string {
  const [check] = group;
  if (!check) return '';
  const { word, mark } = statusLabels[check.status];
  const title =
    group.length > 1 ? `${group.length} checks could not be judged` : `${check.title} (${check.id})`;
  const row = (label: string, text: string) => hangingIndent(`    ${label.padEnd(9)} `, text, terminal.width);
  const lines = [terminal.style(statusStyles[check.status], `${mark} ${title}: ${word}`)];
  if (group.length > 1) lines.push(row('checks', group.map(({ id }) => id).join(', ')));
  else if (check.status !== 'unknown')
    for (const { expected, actual } of pairedLines(check))
      lines.push(row('expected', expected), row('found', actual));
  if (check.reason) for (const line of check.reason.split('\n')) lines.push(row('reason', line));
  if (check.remedy) lines.push(row('next', check.remedy));
  for (const line of evidenceLines(group.flatMap(({ evidence }) => evidence)))
    lines.push(row('evidence', line));
  return lines.join('\n');
}

const MAX_EVIDENCE = 3;

function evidenceLines(evidence: Source[]): string[] {
  const distinct = [...new Map(evidence.map((source) => [source.callId, source])).values()];
  const lines = distinct
    .slice(0, MAX_EVIDENCE)
    .map(
      ({ method, path, status, at, callId }) =>
        `${method} ${path} → ${status ?? 'no answer'}, ${new Date(at).toISOString()}, ${callId}`,
    );
  return distinct.length > MAX_EVIDENCE
    ? [...lines, `and ${distinct.length - MAX_EVIDENCE} more calls (--json lists all)`]
    : lines;
}

function footer({ checkedAt, apiCalls, durationMs, snapshot, id }: Report): string {
  const calls = `${apiCalls} API ${apiCalls === 1 ? 'call' : 'calls'} in ${(durationMs / 1000).toFixed(1)} s`;
  const kept = snapshot ? `snapshot ${snapshot.slice(0, 12)}` : 'no snapshot, because nothing could be read';
  return `${new Date(checkedAt).toISOString()} · ${calls} · ${kept} · ${id}`;
}
