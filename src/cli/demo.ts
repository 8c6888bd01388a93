import type { Command } from 'commander';
import type { CommandContext } from './command-line.ts';
import { loadSandbox } from './load-sandbox.ts';

export function addDemo(program: Command, context: CommandContext): void {
  program
    .command('demo')
    .description('the whole product against a simulated SpotDraft and Slack, then end')
    .action(
      context.run(async () => {
        const { runDemo } = await loadSandbox('demo', () => import('../../sandbox/demo.ts'));
        return runDemo(context.terminal);
      }),
    );
}
