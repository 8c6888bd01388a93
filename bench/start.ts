import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { startWorld } from '../src/sandbox/world.ts';
import { type Figure, megabytes, ms, percentile } from './figure.ts';

const RUNS = 5;
const IDLE_MS = 3_000;

/** From the start of the process until `/healthz` answers, and its memory after some idle seconds. */
export async function measureStart(): Promise<Figure[]> {
  const world = await startWorld({});
  const config = world.configure({ sharedWebhookUrl: false });
  const bot = { starts: [] as number[], memory: [] as number[] };
  const bare = { starts: [] as number[], memory: [] as number[] };
  try {
    for (let run = 0; run < RUNS; run += 1) {
      const port = 20_000 + Math.floor(Math.random() * 20_000);
      const environment = {
        ...process.env,
        ...world.environment,
        ENVCHECK_CONFIG: config.file,
        PORT: String(port),
      };
      await measureOne(['src/main.ts'], environment, port, bot);
      await measureOne(['-e', bareServer], { ...process.env, PORT: String(port + 1) }, port + 1, bare);
    }
  } finally {
    await world.stop();
  }
  const [start, bareStart] = [percentile(bot.starts, 0.5), percentile(bare.starts, 0.5)];
  const [memory, bareMemory] = [percentile(bot.memory, 0.5), percentile(bare.memory, 0.5)];
  return [
    {
      name: 'start until listening, median',
      measured: ms(start),
      reference: `${ms(bareStart)}: a bare node:http server`,
      ratio: (start / bareStart).toFixed(1),
      goal: '< 1 s',
      note: 'loading Bolt and its Web API client is most of it.',
    },
    {
      name: 'idle memory (RSS), median',
      measured: megabytes(memory),
      reference: `${megabytes(bareMemory)}: a bare node:http server`,
      ratio: (memory / bareMemory).toFixed(1),
      goal: '< 120 MB',
      note: 'above the goal: about 35 MB are the young generation of V8, the rest the code of Bolt, undici, Fastify, Kysely and zod. The thread that writes deliveries starts with the first of them and adds to this.',
    },
  ];
}

const bareServer =
  "require('node:http').createServer((q, s) => s.end('ok')).listen(process.env.PORT, '127.0.0.1')";

async function measureOne(
  args: string[],
  env: NodeJS.ProcessEnv,
  port: number,
  into: { starts: number[]; memory: number[] },
): Promise<void> {
  const started = performance.now();
  const child = spawn(process.execPath, args, { env, stdio: 'ignore' });
  const ended = once(child, 'exit');
  try {
    await untilHealthy(port, child);
    into.starts.push(performance.now() - started);
    await sleep(IDLE_MS);
    into.memory.push(residentBytes(child));
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

async function untilHealthy(port: number, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 1000; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`the process ended with ${child.exitCode}`);
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => null);
    if (answer) return;
    await sleep(10);
  }
  throw new Error('the process did not listen within 10 s');
}

function residentBytes(child: ChildProcess): number {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}
