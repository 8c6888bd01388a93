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
  /** `--config`, relative to `cwd`. Default: `ENVCHECK_CONFIG`, else `envcheck.yaml`. */
  file?: string | undefined;
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** Reads the Slack variables; missing ones are then a problem. */
  needsSlack: boolean;
}

/** The variables of the process, with those of a `.env` file in the folder. Variables that are set already keep their value. */
export function processEnvironment(folder: string): NodeJS.ProcessEnv {
  const file = join(folder, '.env');
  if (existsSync(file)) process.loadEnvFile(file);
  return process.env;
}

/** Reads file, secrets and environment variables into a deeply frozen config. Throws `ConfigError` with every problem. */
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
      : 'create one and fill it in: cp envcheck.example.yaml envcheck.yaml';
  return {
    place: shownAs,
    path: '',
    wrong: `does not exist (looked for ${file}${origin === null ? '' : `, as ${origin} says`})`,
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

/** Regular expressions are not frozen, because matching writes to them. */
function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || value instanceof RegExp || Object.isFrozen(value))
    return value;
  Object.freeze(value);
  if (!(value instanceof Secret)) Object.values(value).forEach(deepFreeze);
  return value;
}
