import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { World } from '../sandbox/world.ts';

const repo = join(import.meta.dirname, '..');

/** A server in a process of its own. */
export interface Running {
  port: number;
  /** From the start of the process until it answered, ms. */
  startMs: number;
  residentBytes(): number;
  /** CPU time of all its threads since the start, ms. */
  cpuMs(): number;
  /** Stops the process where it is, until `resume`. */
  pause(): void;
  resume(): void;
  /** Default: SIGTERM. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** The program as `npm start` runs it, with the simulated SpotDraft and Slack of `world`. */
export function startEnvcheck(world: World, configFile: string): Promise<Running> {
  const env = { ...world.environment, ENVCHECK_CONFIG: configFile, NODE_ENV: 'production' };
  return start(['--max-semi-space-size=4', 'src/main.ts'], env);
}

/** Reads the body and answers 200: as little as a receiver can do. */
export const startBare = (): Promise<Running> =>
  start(
    [
      '-e',
      `require('node:http').createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
        const parts = [];
        request.on('data', (part) => parts.push(part));
        request.on('end', () => { Buffer.concat(parts); response.end('ok'); });
      }).listen(process.env.PORT, '127.0.0.1')`,
    ],
    {},
  );

async function start(args: string[], environment: NodeJS.ProcessEnv): Promise<Running> {
  const port = await freePort();
  const { PATH, HOME } = process.env;
  const started = performance.now();
  const child = spawn(process.execPath, args, {
    cwd: repo,
    env: { PATH, HOME, ...environment, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  };
  try {
    await untilAnswering(port, child);
  } catch (error) {
    await stop('SIGKILL');
    throw error;
  }
  return {
    port,
    startMs: performance.now() - started,
    residentBytes: () =>
      Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) * 1024,
    cpuMs: () => {
      // Behind the name, which may contain anything but ends with the last bracket: fields 14 and 15 are ticks of 10 ms.
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) * 10;
    },
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    stop,
  };
}

async function untilAnswering(port: number, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 1_000; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`the process ended with ${child.exitCode}`);
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => null);
    if (answer) return;
    await sleep(10);
  }
  throw new Error('the process did not listen within 10 s');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}
