import type { Command } from 'commander';

import type { FailureOverview } from '../events/failures/read-failures.ts';
import { environmentLabel } from '../text/environment-label.ts';
import { actor } from './actor.ts';
import type { CommandContext } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { withEnvironment } from './find-environment.ts';
import { ENVIRONMENT, JSON_OPTION } from './options.ts';
import { failuresJson, groupJson, renderFailures } from './render-failures.ts';
import { jsonText } from './terminal.ts';

export function addFailures(program: Command, context: CommandContext): void {
  const failures = program
    .command('failures')
    .description(
      'failures in groups: invalid signatures, refused deliveries, failed outcomes, silence, missing events. Exit code 0 none open, 1 some open, 2 could not tell',
    );
  failures
    .command('list', { isDefault: true })
    .description('list the groups of an environment, open ones first')
    .argument(...ENVIRONMENT)
    .option('--all', 'include resolved groups')
    .option(...JSON_OPTION)
    .action((name: string, options: { all?: boolean; json?: boolean }) =>
      context.run(() => list(context, name, options)),
    );
  failures
    .command('acknowledge')
    .description('acknowledge a group; it opens again for another cause, or after it was resolved')
    .argument(...ENVIRONMENT)
    .argument('<group>', 'its id (grp_…), or the beginning of it')
    .requiredOption('--reason <text>', 'what is known about it, and who handles it')
    .option(...JSON_OPTION)
    .action((name: string, group: string, options: { reason: string; json?: boolean }) =>
      context.run(() => acknowledge(context, { name, group }, options)),
    );
}

/** An open group decides, even when other failures could not be read. */
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
        ? jsonText(failuresJson(overview, all))
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
      if (json) terminal.out(jsonText({ refused: result.summary }));
      else terminal.err(`envcheck: nothing was changed. ${result.summary}\n`);
      return exitCodes.negative;
    }
    terminal.out(
      json ? jsonText(groupJson(result.group)) : `${terminal.style('green', '✓')} ${result.summary}\n`,
    );
    return exitCodes.ok;
  });
