import type { Command } from 'commander';
import { openCore } from '../core.ts';
import { reportJson } from '../readiness/report-json.ts';
import { environmentLabel } from '../text/environment-label.ts';
import type { CommandContext } from './command-line.ts';
import { exitCodeOfVerdict } from './exit-codes.ts';
import { findEnvironment } from './find-environment.ts';
import { readingProgress } from './reading-progress.ts';
import { renderGate } from './render-gate.ts';
import { renderReport } from './render-report.ts';

export function addCheck(program: Command, context: CommandContext): void {
  program
    .command('check')
    .description('check an environment: exit code 0 ready, 1 not ready, 2 could not tell')
    .argument('<environment>', 'its name in the config')
    .option('--json', 'print one JSON object and nothing else')
    .option('--gate', 'the go-live gate: every blocking check and sign-off in one table')
    .action((name: string, options: { json?: boolean; gate?: boolean }) =>
      context.run(() => check(context, name, options))(),
    );
}

async function check(
  context: CommandContext,
  name: string,
  { json = false, gate = false }: { json?: boolean; gate?: boolean },
): Promise<number> {
  const { terminal } = context;
  const config = context.loadConfig(false);
  const environment = findEnvironment(config, name);
  const core = await openCore(config);
  try {
    const report = await core.checker.check(environment, {
      fresh: true,
      onProgress: readingProgress(terminal, environmentLabel(environment)),
    });
    terminal.status?.('');
    const render = gate ? renderGate : renderReport;
    terminal.out(json ? `${JSON.stringify(reportJson(report), null, 2)}\n` : render(report, terminal));
    return exitCodeOfVerdict[report.verdict];
  } finally {
    await core.close();
  }
}
