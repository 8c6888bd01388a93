import type { Terminal } from '../../src/cli/terminal.ts';
import { startSandbox } from './sandbox.ts';
import { startPageServer } from './server.ts';

/** Runs the sandbox until `stopped` resolves, and leaves nothing behind. */
export async function runSandbox(
  terminal: Terminal,
  options: { port: number; stopped: Promise<unknown> },
): Promise<void> {
  terminal.status?.('Starting a simulated SpotDraft, a simulated Slack and the bot…');
  const sandbox = await startSandbox();
  try {
    const server = await startPageServer(sandbox, options.port);
    terminal.status?.('');
    terminal.out(
      `Envcheck with a simulated Slack and SpotDraft. Open it in a browser on this machine:\n\n    ${server.url}\n\n`,
    );
    terminal.out('Press Ctrl-C to stop. Nothing is kept.\n');
    try {
      await options.stopped;
    } finally {
      await server.stop();
    }
  } finally {
    terminal.status?.('');
    await sandbox.stop();
  }
}
