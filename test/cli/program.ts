import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { styleText } from 'node:util';
import { onTestFinished } from 'vitest';
import { startWorld, type World } from '../../sandbox/world.ts';
import { type CommandLineOverrides, runCommandLine } from '../../src/cli/command-line.ts';
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
  /** Writes a line to standard input. */
  write(line: string): void;
  /** Ends standard input. */
  end(): void;
  /** Standard output so far. */
  stdout(): string;
  /** Resolves when either stream contains this text. */
  waitForOutput(text: string | RegExp): Promise<void>;
  ended: Promise<RunResult>;
}

export interface RunOptions {
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Standard input of a command in this process; default: empty. */
  stdin?: Readable;
  /** The signal that a command in this process gets; default: none. */
  signal?: Promise<NodeJS.Signals>;
}

/** Starts the real program as a process of its own, with no variables but these. */
export function start(args: string[], { env = {}, cwd = repo }: RunOptions = {}): RunningProgram {
  const path = { PATH: process.env.PATH, HOME: process.env.HOME };
  const child = spawn(process.execPath, [join(repo, 'src/cli.ts'), ...args], {
    cwd,
    env: { ...path, ...env },
  });
  let [out, err] = ['', ''];
  const waiting = new Set<() => void>();
  const wakeAll = () => {
    for (const wake of [...waiting]) wake();
  };
  child.stdout.on('data', (chunk) => {
    out += chunk;
    wakeAll();
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
    wakeAll();
  });
  const ended = new Promise<RunResult>((resolve) => child.on('close', (code) => resolve({ code, out, err })));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return {
    pid: child.pid ?? 0,
    kill: (signal) => void child.kill(signal),
    write: (line) => void child.stdin.write(`${line}\n`),
    end: () => void child.stdin.end(),
    stdout: () => out,
    ended,
    waitForOutput: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if ((out + err).search(text) < 0) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        void ended.then(() => reject(new Error(`ended without printing ${text}:\n${out}${err}`)));
        look();
      }),
  };
}

/** Ends when the next run may start. All test files of a worker share it. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Runs a command line in this process, with no variables but these and its output captured. Runs wait for each other,
 * because two commands in one process can wait for each other's lock on the database. A run that hangs holds the others
 * up only until its test ends.
 */
export function run(
  args: string[],
  { env = {}, cwd = repo, stdin, signal }: RunOptions = {},
): Promise<RunResult> {
  let [out, err] = ['', ''];
  const terminal = {
    out: (text: string) => {
      out += text;
    },
    err: (text: string) => {
      err += text;
    },
    drained: async () => true,
    width: 80,
    style: (style: Parameters<typeof styleText>[0], text: string) =>
      env.FORCE_COLOR ? styleText(style, text, { validateStream: false }) : text,
    status: null,
  };
  const exit = () => {
    throw new Error('exit needs a process of its own: use start');
  };
  const context = {
    terminal,
    stdin: () => stdin ?? Readable.from([]),
    env,
    cwd,
    nextSignal: () => signal ?? new Promise<never>(() => {}),
    exit,
  };
  // Other tests are about SpotDraft's pace and the delays before retries.
  const overrides: CommandLineOverrides = {
    retry: { baseDelayMs: 1 },
    adjust: (config) => ({ ...config, limits: { requestsPerSecond: 10_000 } }),
    logDestination: { write: terminal.err },
  };
  const result = last.then(async () => ({ code: await runCommandLine(args, context, overrides), out, err }));
  const testFinished = new Promise<void>((resolve) => onTestFinished(() => resolve()));
  last = Promise.race([result.catch(() => {}), testFinished]);
  return result;
}

export interface CliWorld extends World {
  /** Changes the config file. */
  edit(change: (config: Record<string, never>) => void): void;
  folder: string;
  env: NodeJS.ProcessEnv;
  run(args: string[], env?: NodeJS.ProcessEnv, options?: RunOptions): Promise<RunResult>;
  start(args: string[], env?: NodeJS.ProcessEnv): RunningProgram;
}

/** A simulated world with a config file. Unless `whole`, the config requires little, so that a check is quick. */
export async function openCliWorld(
  options: { whole?: boolean; sharedWebhookUrl?: boolean; delivered?: boolean } = {},
): Promise<CliWorld> {
  const world = await startWorld({ requestsPerSecond: 100_000 });
  onTestFinished(() => world.stop());
  const { file, database } = world.configure({ sharedWebhookUrl: options.sharedWebhookUrl ?? false });
  if (options.delivered ?? true) await fillLog({ database }, [world.uat, world.prod]);
  const folder = dirname(file);
  const edit: CliWorld['edit'] = (change) => {
    const config = JSON.parse(readFileSync(file, 'utf8'));
    change(config);
    writeFileSync(file, JSON.stringify(config, null, 2));
  };
  if (!options.whole)
    edit((config: Record<string, unknown>) => {
      config.requires = {};
      delete config.externalMetadata;
      config.notApplicable = [
        { item: 'configuration', reason: 'these tests need none' },
        { item: 'external-metadata', reason: 'these tests need none' },
      ];
      // A model would have to be compared with production before every verdict.
      config.drift = {};
    });
  const env = world.environment;
  return {
    ...world,
    folder,
    env,
    edit,
    run: (args, more = {}, options = {}) => run(args, { env: { ...env, ...more }, cwd: folder, ...options }),
    start: (args, more = {}) => start(args, { env: { ...env, ...more }, cwd: folder }),
  };
}

/** The secret values among these variables. */
export const secretsOf = (env: NodeJS.ProcessEnv): string[] =>
  Object.entries(env).flatMap(([name, value]) =>
    value && /SECRET|TOKEN|CLIENT_ID/.test(name) ? [value] : [],
  );
