import type { Command } from 'commander';
import { reportJson } from '../readiness/report-json.ts';
import { environmentLabel } from '../text/environment-label.ts';
import type { CommandContext } from './context.ts';
import { exitCodeOfVerdict } from './exit-codes.ts';
import { withEnvironment } from './find-environment.ts';
import { ENVIRONMENT, JSON_OPTION } from './options.ts';
import { readingProgress } from './reading-progress.ts';
import { renderGate } from './render-gate.ts';
import { renderReport } from './render-report.ts';
import { jsonText } from './terminal.ts';

export function addCheck(program: Command, context: CommandContext): void {
  program
    .command('check')
    .description('check an environment: exit code 0 ready, 1 not ready, 2 could not tell')
    .argument(...ENVIRONMENT)
    .option(...JSON_OPTION)
    .option('--gate', 'print the go-live gate: every blocking check and sign-off in one table')
    .action((name: string, options: { json?: boolean; gate?: boolean }) =>
      context.run(() => check(context, name, options)),
    );
}

const check = (
  context: CommandContext,
  name: string,
  { json = false, gate = false }: { json?: boolean; gate?: boolean },
): Promise<number> =>
  withEnvironment(context, name, async ({ checker }, environment) => {
    const { terminal } = context;
    const report = await checker.check(environment, {
      fresh: gate ? 'compared' : true,
      onProgress: readingProgress(terminal, environmentLabel(environment)),
    });
    terminal.status?.('');
    const render = gate ? renderGate : renderReport;
    terminal.out(json ? jsonText(reportJson(report)) : render(report, terminal));
    return exitCodeOfVerdict[report.verdict];
  });
