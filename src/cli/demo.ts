import type { Command } from 'commander';
import type { CommandContext } from './context.ts';
import { loadSandbox } from './load-sandbox.ts';

export function addDemo(program: Command, context: CommandContext): void {
  program
    .command('demo')
    .description('show the whole product with a simulated SpotDraft and Slack, then exit')
    .action(() =>
      context.run(async () => {
        const { runDemo } = await loadSandbox('demo', () => import('../../sandbox/demo.ts'));
        return runDemo(context.terminal);
      }),
    );
}
