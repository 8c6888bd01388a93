import type { Config, Environment } from '../config/config.ts';
import { nearMiss } from '../workspace/names.ts';
import { UsageError } from './usage-error.ts';

export function findEnvironment({ environments }: Config, name: string): Environment {
  const found = environments.find((environment) => environment.name === name.toLowerCase());
  if (found) return found;
  const names = environments.map((environment) => environment.name);
  const meant = nearMiss(names, name);
  throw new UsageError(
    `there is no environment “${name}”${meant ? `; did you mean ${meant}?` : '.'} The config has: ${names.join(', ')}`,
  );
}
