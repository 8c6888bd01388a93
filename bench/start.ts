import { setTimeout as sleep } from 'node:timers/promises';
import { startWorld } from '../sandbox/world.ts';
import { type Figure, megabytes, ms, percentile } from './figure.ts';
import { type RunningServer, startBareServer, startEnvcheck } from './processes.ts';

const RUNS = 5;
const IDLE_MS = 3_000;

/** Time from the start of the process until `/healthz` answers, and its memory after three idle seconds. */
export async function measureStart(): Promise<Figure[]> {
  const world = await startWorld({});
  const config = world.configure({ sharedWebhookUrl: false });
  const bot = { starts: [] as number[], memory: [] as number[] };
  const bare = { starts: [] as number[], memory: [] as number[] };
  try {
    for (let run = 0; run < RUNS; run += 1) {
      await measureOne(await startEnvcheck(world, config.file), bot);
      await measureOne(await startBareServer(), bare);
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
      note: 'mostly the loading of Bolt and its Web API client.',
    },
    {
      name: 'idle memory (RSS), median',
      measured: megabytes(memory),
      reference: `${megabytes(bareMemory)}: a bare node:http server`,
      ratio: (memory / bareMemory).toFixed(1),
      goal: '< 120 MB',
      note: 'above the goal: 60 MB are pages of the runtime, the rest is 1,100 files of code, mostly undici, zod and Kysely. A young generation of 4 MB saves 15 MB; `--optimize-for-size` would save 10 MB more and cost 40 % more CPU time per delivery. The thread that writes deliveries starts with the first delivery and adds to this.',
    },
  ];
}

async function measureOne(
  server: RunningServer,
  into: { starts: number[]; memory: number[] },
): Promise<void> {
  try {
    into.starts.push(server.startMs);
    await sleep(IDLE_MS);
    into.memory.push(server.residentBytes());
  } finally {
    await server.stop();
  }
}
