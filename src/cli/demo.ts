import type { Command } from 'commander';
import type { CommandContext } from './command-line.ts';

export function addDemo(program: Command, context: CommandContext): void {
  program
    .command('demo')
    .description('the whole product against a simulated SpotDraft and Slack, then end')
    .action(
      context.run(async () => {
        // Loaded only here: the simulators are no part of the running bot.
        const { runDemo } = await import('../../sandbox/demo.ts');
        return runDemo(context.terminal);
      }),
    );
}
