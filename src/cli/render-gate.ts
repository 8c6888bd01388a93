import { pairedLines } from '../readiness/paired-lines.ts';
import type { CheckResult, Report } from '../readiness/report.ts';
import { nextStepOf, statusLabels, statusOrder, verdictLabels } from '../readiness/status-text.ts';
import { environmentLabel } from '../text/environment-label.ts';
import { printable } from '../text/printable.ts';
import { statusStyles } from './render-report.ts';
import { alignColumns } from './table.ts';
import type { Terminal } from './terminal.ts';
import { hangingIndent } from './wrap.ts';

const MAX_FOUND = 120;

/** The go-live gate: one line per blocking check, worst first, then whether the gate is open. */
export function renderGate(report: Report, terminal: Terminal): string {
  const label = environmentLabel({ name: report.environment, production: report.production });
  const checks = report.items.flatMap((item) => item.checks);
  const blocking = checks.filter(({ severity }) => severity === 'blocking');
  const rows = statusOrder.flatMap((status) => blocking.filter((check) => check.status === status));
  const lines = alignColumns(rows.map(row));
  const { mark, word } = verdictLabels[report.verdict];
  const next = nextStepOf(report);
  return [
    ...lines.map((line, index) => terminal.style(statusStyles[rows[index]?.status ?? 'skipped'], line)),
    ...(checks.some(({ item }) => item === 'sign-offs')
      ? []
      : [`- none     sign-offs  the config requires no sign-off for ${label} (signOffs)`]),
    terminal.style(
      'bold',
      `${mark} Go-live of ${label}: ${gate[report.verdict]} (${word}; ${counts(blocking)})`,
    ),
    ...(next && report.verdict !== 'ready' ? [hangingIndent('Next: ', next, terminal.width)] : []),
    terminal.style(
      'dim',
      `${new Date(report.checkedAt).toISOString()} · ${report.id} · npm run -s envcheck -- record ${report.environment} --report ${report.id}`,
    ),
    '',
  ].join('\n');
}

const gate: Record<Report['verdict'], string> = {
  ready: 'the gate is open',
  not_ready: 'the gate is closed',
  unknown: 'the gate is closed, because some checks could not tell',
};

function counts(blocking: CheckResult[]): string {
  return statusOrder
    .map((status) => ({ status, count: blocking.filter((check) => check.status === status).length }))
    .filter(({ count }) => count > 0)
    .map(({ status, count }) => `${count} ${statusLabels[status].word}`)
    .join(', ');
}

function row(check: CheckResult): string[] {
  const { mark, word } = statusLabels[check.status];
  const findings =
    check.status === 'fail' && check.item !== 'sign-offs'
      ? pairedLines(check).map(({ expected, actual }) => `${expected} → ${actual}`)
      : (check.status === 'pass' || check.status === 'fail'
          ? check.actual
          : (check.reason ?? check.actual)
        ).split('\n');
  const [first = '', ...more] = findings;
  const found = printable(first);
  const shown = found.length > MAX_FOUND ? `${found.slice(0, MAX_FOUND - 1)}…` : found;
  return [`${mark} ${word}`, check.id, more.length > 0 ? `${shown} and ${more.length} more` : shown];
}
