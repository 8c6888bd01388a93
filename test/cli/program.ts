import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { parse, stringify } from 'yaml';
import { startWorld, type World } from '../../sandbox/world.ts';
import { fillLog } from '../event-log.ts';

export const repo = join(import.meta.dirname, '../..');

export interface RunResult {
  code: number | null;
  out: string;
  err: string;
}

export interface RunningProgram {
  pid: number;
  kill(signal: NodeJS.Signals): void;
  /** What it has written to standard output so far. */
  stdout(): string;
  /** Resolves when this has been written, to either stream. */
  waitForOutput(words: string | RegExp): Promise<void>;
  ended: Promise<RunResult>;
}

export interface RunOptions {
  env?: NodeJS.ProcessEnv;
  cwd?: string;
}

/** The real program as a process of its own, with no variables but those given. */
export function start(args: string[], { env = {}, cwd = repo }: RunOptions = {}): RunningProgram {
  const path = { PATH: process.env.PATH, HOME: process.env.HOME };
  const child = spawn(process.execPath, [join(repo, 'src/cli.ts'), ...args], {
    cwd,
    env: { ...path, ...env },
  });
  let [out, err] = ['', ''];
  const waiting = new Set<() => void>();
  const heard = () => {
    for (const wake of [...waiting]) wake();
  };
  child.stdout.on('data', (chunk) => {
    out += chunk;
    heard();
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
    heard();
  });
  const ended = new Promise<RunResult>((resolve) => child.on('close', (code) => resolve({ code, out, err })));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return {
    pid: child.pid ?? 0,
    kill: (signal) => void child.kill(signal),
    stdout: () => out,
    ended,
    waitForOutput: (words) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if ((out + err).search(words) < 0) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        void ended.then(() => reject(new Error(`ended without saying ${words}:\n${out}${err}`)));
        look();
      }),
  };
}

export const run = (args: string[], how: RunOptions = {}): Promise<RunResult> => start(args, how).ended;

export interface CliWorld extends World {
  /** Changes the config file. */
  edit(change: (config: Record<string, never>) => void): void;
  folder: string;
  env: NodeJS.ProcessEnv;
  run(args: string[], env?: NodeJS.ProcessEnv): Promise<RunResult>;
  start(args: string[], env?: NodeJS.ProcessEnv): RunningProgram;
}

/** A simulated world and a config file for it that asks for little, so that a check takes a moment. */
export async function openCliWorld(
  options: { whole?: boolean; sharedWebhookUrl?: boolean; delivered?: boolean } = {},
): Promise<CliWorld> {
  const world = await startWorld({});
  onTestFinished(() => world.stop());
  const { file, database } = world.configure({ sharedWebhookUrl: options.sharedWebhookUrl ?? false });
  if (options.delivered ?? true) await fillLog({ database }, [world.uat, world.prod]);
  const folder = dirname(file);
  const edit: CliWorld['edit'] = (change) => {
    const config = parse(readFileSync(file, 'utf8'));
    change(config);
    writeFileSync(file, stringify(config, { aliasDuplicateObjects: false }));
  };
  if (!options.whole)
    edit((config: Record<string, unknown>) => {
      config.requires = {};
      delete config.externalMetadata;
    });
  const env = world.environment;
  return {
    ...world,
    folder,
    env,
    edit,
    run: (args, more = {}) => run(args, { env: { ...env, ...more }, cwd: folder }),
    start: (args, more = {}) => start(args, { env: { ...env, ...more }, cwd: folder }),
  };
}

export const secretsOf = (env: NodeJS.ProcessEnv): string[] =>
  Object.entries(env).flatMap(([name, value]) =>
    value && /SECRET|TOKEN|CLIENT_ID/.test(name) ? [value] : [],
  );
