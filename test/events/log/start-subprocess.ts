import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { startWorld, type World } from '../../../sandbox/world.ts';

const repo = join(import.meta.dirname, '../../..');

export interface RunningProgram {
  url: string;
  /** Sends SIGKILL; resolves when the process has exited. */
  kill(): Promise<void>;
}

export interface SubprocessWorld {
  world: World;
  database: string;
  /** Starts the real program; resolves when it accepts requests. */
  start(env?: NodeJS.ProcessEnv): Promise<RunningProgram>;
}

/** A simulated world for the real program in its own process. Everything stops with the test. */
export async function startSubprocessWorld(): Promise<SubprocessWorld> {
  const world = await startWorld({});
  onTestFinished(() => world.stop());
  const { file, database } = world.configure({ sharedWebhookUrl: false });
  return {
    world,
    database,
    async start(more = {}) {
      const port = await freePort();
      const env = { ...world.environment, ENVCHECK_CONFIG: file, PORT: String(port), ...more };
      const child = spawn(process.execPath, ['src/main.ts'], {
        cwd: repo,
        env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let stderr = '';
      child.stderr.on('data', (chunk) => {
        stderr += chunk;
      });
      const kill = () => killed(child);
      onTestFinished(kill);
      const url = `http://127.0.0.1:${port}`;
      for (let tries = 0; tries < 1_200; tries += 1) {
        if (child.exitCode !== null) throw new Error(`exited with ${child.exitCode}:\n${stderr}`);
        const answer = await fetch(`${url}/healthz`).catch(() => null);
        if (answer?.ok) return { url, kill };
        await sleep(50);
      }
      throw new Error(`accepted no requests:\n${stderr}`);
    },
  };
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
