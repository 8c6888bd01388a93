import type { Command } from 'commander';
import type { Environment } from '../config/config.ts';
import { type Core, openCore } from '../core.ts';
import type { FailureOverview } from '../events/failures/read-failures.ts';
import { environmentLabel } from '../text/environment-label.ts';
import { actor } from './actor.ts';
import type { CommandContext } from './command-line.ts';
import { exitCodes } from './exit-codes.ts';
import { findEnvironment } from './find-environment.ts';
import { failuresJson, groupJson, renderFailures } from './render-failures.ts';

const JSON_OPTION = ['--json', 'print one JSON object and nothing else'] as const;

export function addFailures(program: Command, context: CommandContext): void {
  const failures = program
    .command('failures')
    .description(
      'what goes wrong, in groups: badly signed and refused deliveries, failed outcomes, silence. Exit code 0 none open, 1 open ones, 2 could not tell',
    );
  failures
    .command('list', { isDefault: true })
    .description('the groups of an environment, open ones first')
    .argument('<environment>', 'its name in the config')
    .option('--all', 'also those that are resolved')
    .option(...JSON_OPTION)
    .action((name: string, options: { all?: boolean; json?: boolean }) =>
      context.run(() => list(context, name, options))(),
    );
  failures
    .command('acknowledge')
    .description('note that you know of a group; it opens again for another cause, or after it was resolved')
    .argument('<environment>', 'its name in the config')
    .argument('<group>', 'grp_…, as the list shows it, or the beginning of it')
    .requiredOption('--reason <text>', 'what is known of it, and who sees to it')
    .option(...JSON_OPTION)
    .action((name: string, group: string, options: { reason: string; json?: boolean }) =>
      context.run(() => acknowledge(context, { name, group }, options))(),
    );
}

/** Open ones are told whatever else could not be. */
const exitCodeOfFailures = ({ groups, unknown }: FailureOverview): number =>
  groups.some(({ state }) => state === 'open')
    ? exitCodes.negative
    : unknown.length > 0
      ? exitCodes.couldNotTell
      : exitCodes.ok;

const list = (
  context: CommandContext,
  name: string,
  { all = false, json = false }: { all?: boolean; json?: boolean },
): Promise<number> =>
  withEnvironment(context, name, async ({ failures }, environment) => {
    const overview = await failures.read(environment);
    context.terminal.out(
      json
        ? `${JSON.stringify(failuresJson(overview, all), null, 2)}\n`
        : renderFailures(environmentLabel(environment), overview, all, context.terminal),
    );
    return exitCodeOfFailures(overview);
  });

const acknowledge = (
  context: CommandContext,
  { name, group }: { name: string; group: string },
  { reason, json = false }: { reason: string; json?: boolean },
): Promise<number> =>
  withEnvironment(context, name, async ({ failures }, environment) => {
    const { terminal } = context;
    const result = await failures.acknowledge(environment, { group, reason, seen: null }, actor());
    if (result.kind === 'refused') {
      if (json) terminal.out(`${JSON.stringify({ refused: result.summary }, null, 2)}\n`);
      else terminal.err(`envcheck: nothing was changed. ${result.summary}\n`);
      return exitCodes.negative;
    }
    terminal.out(
      json
        ? `${JSON.stringify(groupJson(result.group), null, 2)}\n`
        : `${terminal.style('green', '✓')} ${result.summary}\n`,
    );
    return exitCodes.ok;
  });

async function withEnvironment(
  context: CommandContext,
  name: string,
  work: (core: Core, environment: Environment) => Promise<number>,
): Promise<number> {
  const config = context.loadConfig(false);
  const environment = findEnvironment(config, name);
  const core = await openCore(config);
  try {
    return await work(core, environment);
  } finally {
    await core.close();
  }
}
