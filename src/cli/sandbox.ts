import type { Command } from 'commander';
import type { CommandContext } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { loadSandbox } from './load-sandbox.ts';
import { UsageError } from './usage-error.ts';

export function addSandbox(program: Command, context: CommandContext): void {
  const command = program
    .command('sandbox')
    .description('run the whole product in a browser, with a simulated SpotDraft and Slack, until Ctrl-C')
    .option('--port <port>', 'port of the page on 127.0.0.1; 0 takes any free port', '4200');
  command.action(() =>
    context.run(async () => {
      const port = readPort(command.opts<{ port: string }>().port);
      const stopped = context.nextSignal();
      const { runSandbox } = await loadSandbox('sandbox', () => import('../../sandbox/browser/run.ts'));
      try {
        await runSandbox(context.terminal, { port, stopped });
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
        throw new UsageError(
          `--port ${port} is in use by another program; choose another, or 0 for any free port`,
        );
      }
      // Nobody waits for work that the bot has not finished by now.
      context.exit(exitCodes.ok);
      return exitCodes.ok;
    }),
  );
}

function readPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new UsageError(`--port “${text}” is not a port: choose a number from 0 to 65535`);
}
