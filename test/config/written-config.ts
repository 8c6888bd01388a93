import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load.ts';
import { ConfigError, type Problem } from '../../src/config/problem.ts';

/** The variables that `oneEnvironment` needs, and Slack's. */
export const completeEnv = {
  ID: 'id-canary-7f3a',
  SECRET: 'secret-canary-91bc',
  SLACK_BOT_TOKEN: 'xoxb-canary-bot',
  SLACK_APP_TOKEN: 'xapp-canary-app',
};

export const oneEnvironment = `
environments:
  uat:
    region: us
    credentials: { clientId: { env: ID }, clientSecret: { env: SECRET } }
`;

/** Creates a folder with these files. It is removed after the test. */
export function folderWith(files: Record<string, string | Uint8Array>): string {
  const folder = mkdtempSync(join(tmpdir(), 'envcheck-config-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

export interface Written {
  env?: NodeJS.ProcessEnv;
  files?: Record<string, string>;
  needsSlack?: boolean;
}

export function load(yaml: string | Uint8Array, written: Written = {}): Config {
  const { env = completeEnv, files = {}, needsSlack = false } = written;
  const cwd = folderWith({ 'envcheck.yaml': yaml, ...files });
  return loadConfig({ env, cwd, needsSlack });
}

/** Returns the ConfigError that `act` throws. Fails the test when it throws none or another error. */
export function errorOf(act: () => unknown): ConfigError {
  try {
    act();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('it loaded, but it should have been refused');
}

export const problemsOf = (yaml: string | Uint8Array, written: Written = {}): readonly Problem[] =>
  errorOf(() => load(yaml, written)).problems;

/** `oneEnvironment` with more top-level sections. */
export const withSections = (yaml: string): string => `${oneEnvironment}${yaml}\n`;

/** `oneEnvironment` with more keys in its environment, given without indentation. */
export const withKeys = (yaml: string): string =>
  `${oneEnvironment}${yaml
    .trim()
    .split('\n')
    .map((line) => `    ${line}\n`)
    .join('')}`;

/** The `line:column` of text that occurs once in the file. */
export function positionOf(needle: string, file: string): string {
  const [before = '', ...rest] = file.split(needle);
  if (rest.length !== 1) throw new Error(`${needle} occurs ${rest.length} times`);
  const lines = before.split('\n');
  return `${lines.length}:${(lines.at(-1) ?? '').length + 1}`;
}
