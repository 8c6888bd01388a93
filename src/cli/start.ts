import type { Command } from 'commander';
import type { CommandContext } from './command-line.ts';
import { exitCodes } from './exit-codes.ts';
import { nextSignal } from './next-signal.ts';

export function addStart(program: Command, context: CommandContext): void {
  program
    .command('start')
    .description('run the bot until it is told to stop (SIGTERM, SIGINT)')
    .action(
      context.run(async () => {
        const config = context.loadConfig(true);
        // Loaded only here: every other command would start later for Bolt and the server.
        const { createApp } = await import('../app.ts');
        const app = createApp(config);
        const signal = nextSignal();
        try {
          await app.start();
        } catch (error) {
          context.terminal.err(`envcheck: cannot start: ${explainStart(error)}\n`);
          return exitCodes.negative;
        }
        await signal;
        await app.stop();
        // A check that was cut off still goes through its retries; nobody is left to tell its result to.
        process.exit(exitCodes.ok);
      }),
    );
}

function explainStart(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'EADDRINUSE') return 'the port is in use by another program; set PORT to a free one';
  return error instanceof Error ? error.message : String(error);
}
