import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { buildConfig } from './build-config.ts';
import type { Config } from './config.ts';
import { crossChecks } from './cross-checks.ts';
import { ConfigError, type Problem } from './problem.ts';
import { readProcessSettings } from './process-settings.ts';
import { resolveSecrets } from './resolve-secrets.ts';
import { fileSchema } from './schema.ts';
import { schemaProblems } from './schema-problems.ts';
import { Secret } from './secret.ts';
import { readYamlFile } from './yaml-file.ts';

export interface LoadOptions {
  /** `--config`. Without it `ENVCHECK_CONFIG`, without that `envcheck.yaml`; relative to `cwd`. */
  file?: string | undefined;
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** Whether the Slack variables are read, and missing ones are a problem. */
  needsSlack: boolean;
}

/** Adds the variables of a `.env` file in the folder to the process. Variables that are set already keep their value. */
export function loadEnvFile(folder: string): void {
  const file = join(folder, '.env');
  if (existsSync(file)) process.loadEnvFile(file);
}

/** Reads the file, the secrets and the environment variables, once. Deeply frozen. Throws `ConfigError` with every problem. */
export function loadConfig({ file: option, env, cwd, needsSlack }: LoadOptions): Config {
  const file = resolve(cwd, option ?? (env.ENVCHECK_CONFIG || 'envcheck.yaml'));
  const folder = dirname(file);
  const shownAs = shortName(file, cwd);
  const settings = readProcessSettings(env, needsSlack);
  if (!existsSync(file)) {
    const origin = option !== undefined ? '--config' : env.ENVCHECK_CONFIG ? 'ENVCHECK_CONFIG' : null;
    throw new ConfigError(shownAs, [missingFile(file, shownAs, origin), ...settings.problems]);
  }

  const { content, problems, at } = readYamlFile(file, shownAs);
  if (content === null) throw new ConfigError(shownAs, [...problems, ...settings.problems]);
  const { secrets, problems: secretProblems } = resolveSecrets(content, { env, folder, at });
  const parsed = fileSchema.safeParse(content);
  const found = [
    ...problems,
    ...schemaProblems(parsed.error?.issues ?? [], content, at),
    ...crossChecks(content, at),
    ...secretProblems,
  ];
  if (found.length > 0 || settings.problems.length > 0 || !parsed.success) {
    throw new ConfigError(shownAs, [...inOrderOfLines(found), ...settings.problems]);
  }
  return deepFreeze(buildConfig(parsed.data, { file, folder, cwd, secrets, settings }));
}

function shortName(file: string, cwd: string): string {
  const path = relative(cwd, file);
  return path === '' || path === '..' || path.startsWith(`..${sep}`) ? file : path;
}

function missingFile(file: string, shownAs: string, origin: string | null): Problem {
  const sibling = file.replace(/\.ya?ml$/, (ending) => (ending === '.yml' ? '.yaml' : '.yml'));
  const remedy =
    sibling !== file && existsSync(sibling)
      ? `there is ${sibling}: rename it, or pass --config ${sibling}`
      : 'make one and fill it in: cp envcheck.example.yaml envcheck.yaml';
  return {
    place: shownAs,
    path: '',
    wrong: `is not there (looked for ${file}${origin === null ? '' : `, as ${origin} says`})`,
    value: null,
    allowed: 'a YAML file: envcheck.yaml in the working folder, --config FILE or ENVCHECK_CONFIG',
    remedy,
  };
}

function inOrderOfLines(problems: readonly Problem[]): Problem[] {
  const position = ({ place }: Problem): [number, number] => {
    const [, line, column] = /:(\d+):(\d+)(?: |$)/.exec(place) ?? [];
    return [Number(line ?? 0), Number(column ?? 0)];
  };
  return problems.toSorted((left, right) => {
    const [leftLine, leftColumn] = position(left);
    const [rightLine, rightColumn] = position(right);
    return leftLine - rightLine || leftColumn - rightColumn;
  });
}

/** A regular expression stays as it is: it writes to itself while it works. */
function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || value instanceof RegExp || Object.isFrozen(value))
    return value;
  Object.freeze(value);
  if (!(value instanceof Secret)) Object.values(value).forEach(deepFreeze);
  return value;
}
