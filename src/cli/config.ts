import type { Command } from 'commander';
import { configJsonSchema } from '../config/json-schema.ts';
import { environmentLabel } from '../text/environment-label.ts';
import type { CommandContext } from './command-line.ts';
import { exitCodes } from './exit-codes.ts';

export function addConfig(program: Command, context: CommandContext): void {
  const config = program.command('config').description('the configuration file');
  config
    .command('check')
    .description('say everything that is wrong with it, or that nothing is')
    .action(
      context.run(async () => {
        const { terminal } = context;
        const loaded = context.loadConfig(false);
        const environments = loaded.environments.map(environmentLabel).join(', ');
        terminal.out(
          `${loaded.file} is valid. Environments: ${environments}. Next: npm run -s envcheck -- doctor\n`,
        );
        return exitCodes.ok;
      }),
    );
  config
    .command('schema')
    .description('print its JSON schema, for editors')
    .action(
      context.run(async () => {
        context.terminal.out(`${JSON.stringify(configJsonSchema(), null, 2)}\n`);
        return exitCodes.ok;
      }),
    );
}
