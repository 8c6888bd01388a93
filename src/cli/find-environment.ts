import type { Config, Environment } from '../config/config.ts';
import type { Core } from '../core.ts';
import { nearMiss } from '../workspace/names.ts';
import type { CommandContext } from './context.ts';
import { UsageError } from './usage-error.ts';

/** Throws UsageError when the config has no environment of this name. */
export function findEnvironment({ environments }: Config, name: string): Environment {
  const found = environments.find((environment) => environment.name === name.toLowerCase());
  if (found) return found;
  const names = environments.map((environment) => environment.name);
  const meant = nearMiss(names, name);
  throw new UsageError(
    `there is no environment “${name}”${meant ? `; did you mean ${meant}?` : '.'} The config has: ${names.join(', ')}`,
  );
}

/** The environment of this name, also one whose rows are in the log and which the config no longer has. Throws UsageError for others. */
export async function loggedEnvironment(
  config: Config,
  { log }: Pick<Core, 'log'>,
  name: string,
): Promise<Pick<Environment, 'name' | 'production'> & { isFormer?: true }> {
  const known = config.environments.find((environment) => environment.name === name.toLowerCase());
  if (known) return known;
  const former = await log.formerEnvironments();
  return former.includes(name.toLowerCase())
    ? { name: name.toLowerCase(), production: false, isFormer: true }
    : findEnvironment(config, name);
}

/** Loads the config, finds the environment and runs `work` with an open core. */
export function withEnvironment<Result>(
  context: CommandContext,
  name: string,
  work: (core: Core, environment: Environment, config: Config) => Promise<Result>,
): Promise<Result> {
  const config = context.loadConfig(false);
  const environment = findEnvironment(config, name);
  return context.withCore(config, (core) => work(core, environment, config));
}
