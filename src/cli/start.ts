import type { Command } from 'commander';
import type { CommandContext } from './context.ts';
import { exitCodes } from './exit-codes.ts';

export function addStart(program: Command, context: CommandContext): void {
  program
    .command('start')
    .description('run the bot until SIGTERM or SIGINT')
    .action(() =>
      context.run(async () => {
        const config = context.loadConfig(true);
        // Loaded only here, because Bolt and the server would slow down the start of every other command.
        const { createApp } = await import('../app.ts');
        const app = createApp(config, context.overrides);
        // Registered before anything is opened, so that a signal during the start is not lost.
        const signal = context.nextSignal();
        try {
          await app.start();
        } catch (error) {
          context.terminal.err(`envcheck: cannot start: ${explainStart(error)}\n`);
          return exitCodes.negative;
        }
        await signal;
        await app.stop();
        // An interrupted check may still be retrying, but nobody is left to show its result to.
        context.exit(exitCodes.ok);
        return exitCodes.ok;
      }),
    );
}

function explainStart(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'EADDRINUSE') return 'the port is in use by another program; set PORT to a free one';
  return error instanceof Error ? error.message : String(error);
}
