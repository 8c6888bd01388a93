import type { Command } from 'commander';
import { openCore } from '../core.ts';
import { type ChecklistItem, checklistOf, signOffIdOf } from '../readiness/checklist.ts';
import type { CheckResult, Report } from '../readiness/report.ts';
import { countsLine, nextStepOf, statusLabels, verdictLabels } from '../readiness/status-text.ts';
import { environmentLabel } from '../text/environment-label.ts';
import { printable } from '../text/printable.ts';
import type { CommandContext } from './command-line.ts';
import { iso } from './event-json.ts';
import { exitCodeOfVerdict } from './exit-codes.ts';
import { findEnvironment } from './find-environment.ts';
import { readingProgress } from './reading-progress.ts';
import { statusStyles } from './render-report.ts';
import type { Terminal } from './terminal.ts';
import { hangingIndent } from './wrap.ts';

export function addChecklist(program: Command, context: CommandContext): void {
  program
    .command('checklist')
    .description(
      'the go-live checklist: the seven items, what is checked under each, and what persons signed',
    )
    .argument('<environment>', 'its name in the config')
    .option('--json', 'print one JSON object and nothing else')
    .action((name: string, { json = false }: { json?: boolean }) =>
      context.run(() => checklist(context, name, json))(),
    );
}

async function checklist(context: CommandContext, name: string, json: boolean): Promise<number> {
  const { terminal } = context;
  const config = context.loadConfig(false);
  const environment = findEnvironment(config, name);
  const core = await openCore(config);
  try {
    const onProgress = readingProgress(terminal, environmentLabel(environment));
    const report = await core.checker.check(environment, { fresh: false, onProgress });
    terminal.status?.('');
    terminal.out(json ? `${JSON.stringify(checklistJson(report), null, 2)}\n` : render(report, terminal));
    return exitCodeOfVerdict[report.verdict];
  } finally {
    await core.close();
  }
}

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
    terminal.style('bold', `${mark} Go-live checklist of ${label}: ${word}`),
    countsLine(report),
    ...(next ? [hangingIndent('Next: ', printable(next), terminal.width)] : []),
    ...checklistOf(report).flatMap((item) => ['', ...renderItem(item, terminal)]),
    '',
    terminal.style('dim', `${iso(report.checkedAt)} · ${report.id}`),
    '',
  ].join('\n');
}

function renderItem({ number, title, status, checks }: ChecklistItem, terminal: Terminal): string[] {
  const head = `${number}. ${title}`;
  if (status === null) return [terminal.style('bold', head), '    - nothing is to be signed off'];
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
    terminal.style(statusStyles[check.status], hangingIndent('    ', printable(line), terminal.width)),
    ...(detail?.split('\n') ?? [])
      .slice(0, 3)
      .map((text) => hangingIndent('        ', printable(text), terminal.width)),
    ...(check.item === 'sign-offs' && check.status === 'pass' && check.reason
      ? [hangingIndent('        ', printable(check.reason), terminal.width)]
      : []),
  ];
}
