import type { Command } from 'commander';
import { configJsonSchema } from '../config/schema.ts';
import { configWarnings } from '../config/warnings.ts';
import { unmatchedPatterns } from '../inspect/unmatched-patterns.ts';
import { environmentLabel } from '../text/environment-label.ts';
import { systemClock } from '../time/clock.ts';
import type { CommandContext } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { jsonText } from './terminal.ts';

export function addConfig(program: Command, context: CommandContext): void {
  const { terminal } = context;
  const config = program
    .command('config')
    .description('validate the configuration file, or print its schema');
  config
    .command('check')
    .description('list every problem of the configuration file')
    .action(() =>
      context.run(async () => {
        const loaded = context.loadConfig(false);
        const labels = loaded.environments.map(environmentLabel).join(', ');
        terminal.out(
          `${loaded.file} is valid. Environments: ${labels}. Next: npm run -s envcheck -- doctor\n`,
        );
        const now = systemClock.now();
        const warnings = [...configWarnings(loaded, now), ...(await unmatchedPatterns(loaded, now))];
        for (const { text, remedy } of warnings)
          terminal.out(`${terminal.style('yellow', 'Warning:')} ${text}. Next: ${remedy}\n`);
        return exitCodes.ok;
      }),
    );
  config
    .command('schema')
    .description('print the JSON schema of the configuration file, for editors')
    .action(() =>
      context.run(async () => {
        terminal.out(jsonText(configJsonSchema()));
        return exitCodes.ok;
      }),
    );
}
