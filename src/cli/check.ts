import type { Command } from 'commander';
import { openCore } from '../app.ts';
import { environmentLabel } from '../readiness/environment-label.ts';
import type { CommandContext } from './command-line.ts';
import { exitCodeOf } from './exit-codes.ts';
import { findEnvironment } from './find-environment.ts';
import { readingProgress } from './reading-progress.ts';
import { renderReport } from './render-report.ts';
import { reportJson } from './report-json.ts';

export function addCheck(program: Command, context: CommandContext): void {
  program
    .command('check')
    .description('check an environment: exit code 0 ready, 1 not ready, 2 could not tell')
    .argument('<environment>', 'its name in the config')
    .option('--json', 'print one JSON object and nothing else')
    .action((name: string, { json = false }: { json?: boolean }) =>
      context.run(() => check(context, name, json))(),
    );
}

async function check(context: CommandContext, name: string, json: boolean): Promise<number> {
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
    terminal.out(json ? `${JSON.stringify(reportJson(report), null, 2)}\n` : renderReport(report, terminal));
    return exitCodeOf[report.verdict];
  } finally {
    await core.close();
  }
}
