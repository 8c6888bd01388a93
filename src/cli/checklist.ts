import type { Command } from 'commander';
import { type ChecklistItem, checklistOf, signOffIdOf } from '../readiness/checklist.ts';
import type { CheckResult, Report } from '../readiness/report.ts';
import { countsLine, nextStepOf, statusLabels, verdictLabels } from '../readiness/status-text.ts';
import { environmentLabel } from '../text/environment-label.ts';
import type { CommandContext } from './context.ts';
import { iso } from './event-json.ts';
import { exitCodeOfVerdict } from './exit-codes.ts';
import { withEnvironment } from './find-environment.ts';
import { ENVIRONMENT, JSON_OPTION } from './options.ts';
import { readingProgress } from './reading-progress.ts';
import { statusStyles } from './render-report.ts';
import { jsonText, type Terminal } from './terminal.ts';
import { hangingIndent } from './wrap.ts';

export function addChecklist(program: Command, context: CommandContext): void {
  program
    .command('checklist')
    .description('show the go-live checklist: its seven items with their checks and sign-offs')
    .argument(...ENVIRONMENT)
    .option(...JSON_OPTION)
    .action((name: string, { json = false }: { json?: boolean }) =>
      context.run(() => checklist(context, name, json)),
    );
}

const checklist = (context: CommandContext, name: string, json: boolean): Promise<number> =>
  withEnvironment(context, name, async ({ checker }, environment) => {
    const { terminal } = context;
    const onProgress = readingProgress(terminal, environmentLabel(environment));
    const report = await checker.check(environment, { fresh: false, onProgress });
    terminal.status?.('');
    terminal.out(json ? jsonText(checklistJson(report)) : render(report, terminal));
    return exitCodeOfVerdict[report.verdict];
  });

/** The contract of `checklist --json`. */
const checklistJson = (report: Report): object => ({
  environment: report.environment,
  verdict: report.verdict,
  checkedAt: iso(report.checkedAt),
  snapshot: report.snapshot,
  report: report.id,
  items: checklistOf(report).map(({ number, id, title, status, checks }) => ({
    number,
    id,
    title,
    status,
    checks: checks.map((check) => ({
      id: check.id,
      signOff: signOffIdOf(check),
      severity: check.severity,
      status: check.status,
      title: check.title,
      actual: check.actual,
      reason: check.reason,
      remedy: check.remedy,
    })),
  })),
});

function render(report: Report, terminal: Terminal): string {
  const { mark, word } = verdictLabels[report.verdict];
  const label = environmentLabel({ name: report.environment, production: report.production });
  const next = nextStepOf(report);
  return [
    terminal.style('bold', `${mark} Go-live checklist for ${label}: ${word}`),
    countsLine(report),
    ...(next ? [hangingIndent('Next: ', next, terminal.width)] : []),
    ...checklistOf(report).flatMap((item) => ['', ...renderItem(item, terminal)]),
    '',
    terminal.style('dim', `${iso(report.checkedAt)} · ${report.id}`),
    '',
  ].join('\n');
}

function renderItem({ number, title, status, checks }: ChecklistItem, terminal: Terminal): string[] {
  const head = `${number}. ${title}`;
  if (status === null) return [terminal.style('bold', head), '    - nothing to sign off'];
  return [terminal.style('bold', head), ...checks.flatMap((check) => renderCheck(check, terminal))];
}

function renderCheck(check: CheckResult, terminal: Terminal): string[] {
  const { mark, word } = statusLabels[check.status];
  const advisory = check.severity === 'advisory' ? ', advisory' : '';
  const line = `${mark} ${check.title}: ${word}${advisory} (${check.id})`;
  const detail =
    check.item === 'sign-offs' && check.status !== 'unknown'
      ? check.actual
      : check.status === 'fail'
        ? check.actual
        : check.status === 'unknown' || check.status === 'warn'
          ? check.reason
          : null;
  return [
    terminal.style(statusStyles[check.status], hangingIndent('    ', line, terminal.width)),
    ...(detail?.split('\n') ?? []).slice(0, 3).map((text) => hangingIndent('        ', text, terminal.width)),
    ...(check.item === 'sign-offs' && check.status === 'pass' && check.reason
      ? [hangingIndent('        ', check.reason, terminal.width)]
      : []),
  ];
}
