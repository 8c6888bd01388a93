import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { World } from '../sandbox/world.ts';

const repo = join(import.meta.dirname, '..');

/** A server in its own process. */
export interface RunningServer {
  port: number;
  /** Time from the start of the process to its first answer, ms. */
  startMs: number;
  residentBytes(): number;
  /** CPU time of all threads since the start, ms. */
  cpuMs(): number;
  /** Suspends the process until `resume`. */
  pause(): void;
  resume(): void;
  /** Default: SIGTERM. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts the program as `npm start` does, with the simulated SpotDraft and Slack of `world`, and these options of Node. */
export function startEnvcheck(
  world: World,
  configFile: string,
  options: string[] = [],
): Promise<RunningServer> {
  const env = { ...world.environment, ENVCHECK_CONFIG: configFile, NODE_ENV: 'production' };
  return start([...options, '--max-semi-space-size=4', 'src/main.ts'], env);
}

/** Starts a server that only reads the body and answers 200, the minimum for a receiver. */
export const startBareServer = (): Promise<RunningServer> =>
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

async function start(args: string[], environment: NodeJS.ProcessEnv): Promise<RunningServer> {
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
      // The process name may contain anything and ends with the last bracket. Fields 14 and 15 of the line are ticks of 10 ms.
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
