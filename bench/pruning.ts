import { copyFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { startWorld, type World } from '../sandbox/world.ts';
import { openDatabase } from '../src/store/database.ts';
import { type Figure, ms, percentile } from './figure.ts';
import { type Connections, openConnections } from './load.ts';
import { growLog } from './log-rows.ts';
import { signedRequests } from './payload.ts';
import { type RunningServer, startEnvcheck } from './processes.ts';

const ROWS = 1_000_000;
const GOAL_ROWS = 10_000_000;
const PER_SECOND = 200;
const SECONDS = 5;
const ROUNDS = 8;
/** A resumed process first catches up with its timers. */
const SETTLE_MS = 1_000;
const IDLE_MS = 10_000;
const DAY_MS = 86_400_000;

interface Log {
  bot: RunningServer;
  connections: Connections;
  latencies: number[];
  hmacKey: string;
  rows(): Promise<number>;
  stop(): Promise<void>;
}

/** Rows that went within a time, ms. */
interface Speed {
  gone: number;
  ms: number;
}

/**
 * Intake while a million old deliveries are pruned, in turns with intake into the same log under a `log.keep` that prunes
 * nothing; and how fast they go, with and without deliveries.
 */
export async function measurePruning(): Promise<Figure[]> {
  const logs: Log[] = [];
  const worlds: World[] = [];
  try {
    for (const _ of [0, 1]) worlds.push(await startWorld({}));
    const [keeping, pruning] = worlds.map((world, index) => ({
      world,
      config: world.configure({
        sharedWebhookUrl: false,
        edit: (content) => (index === 0 ? { ...content, log: { keep: '9999d' } } : content),
      }),
    }));
    if (!keeping || !pruning) throw new Error('two logs');
    await growLog(pruning.config.database, 0, ROWS, Date.now() - 91 * DAY_MS);
    copyFileSync(pruning.config.database, keeping.config.database);
    for (const { world, config } of [keeping, pruning]) logs.push(await openLog(world, config));
    return await measure(logs as [Log, Log]);
  } finally {
    for (const log of logs) await log.stop();
    for (const world of worlds) await world.stop();
  }
}

async function measure([keeping, pruning]: [Log, Log]): Promise<Figure[]> {
  const busy: Speed = { gone: 0, ms: 0 };
  // The first delivery starts the writing thread and reads the HMAC key.
  for (const log of [keeping, pruning])
    await log.connections.steady(signedRequests(log.hmacKey, ROUNDS * 1_000_000, 50), 50);
  for (const log of [keeping, pruning]) log.bot.pause();
  for (let round = 0; round < ROUNDS; round += 1)
    for (const log of [keeping, pruning]) {
      const before = await log.rows();
      const resumed = performance.now();
      // The other process is suspended: it would disturb the figure.
      log.bot.resume();
      await sleep(SETTLE_MS);
      const requests = signedRequests(log.hmacKey, round * 1_000_000, PER_SECOND * SECONDS);
      log.latencies.push(...(await log.connections.steady(requests, PER_SECOND)).latencies);
      log.bot.pause();
      if (log !== pruning) continue;
      busy.ms += performance.now() - resumed;
      busy.gone += before + requests.length - (await log.rows());
    }
  const before = await pruning.rows();
  pruning.bot.resume();
  await sleep(IDLE_MS);
  pruning.bot.pause();
  const idle = { gone: before - (await pruning.rows()), ms: IDLE_MS };
  return [latencyFigure(pruning.latencies, keeping.latencies, busy), speedFigure(busy, idle)];
}

async function openLog(world: World, config: { file: string; database: string }): Promise<Log> {
  const bot = await startEnvcheck(world, config.file);
  const connections = await openConnections(bot.port, 16);
  const db = openDatabase(config.database);
  return {
    bot,
    connections,
    latencies: [],
    hmacKey: world.prod.hmacKey,
    rows: async () => {
      const counted = db.selectFrom('deliveries').select(({ fn }) => fn.countAll<number>().as('n'));
      return (await counted.executeTakeFirstOrThrow()).n;
    },
    async stop() {
      connections.close();
      await db.destroy();
      bot.resume();
      await bot.stop();
    },
  };
}

const perSecond = ({ gone, ms: time }: Speed): number => (gone / time) * 1_000;

function latencyFigure(pruning: number[], keeping: number[], busy: Speed): Figure {
  const [p99, reference] = [percentile(pruning, 0.99), percentile(keeping, 0.99)];
  return {
    name: 'intake latency while a million old deliveries are pruned, p99',
    measured: ms(p99),
    reference: `${ms(reference)}: the same log with nothing to prune`,
    ratio: (p99 / reference).toFixed(2),
    goal: '≤ 2',
    note: `${PER_SECOND} deliveries per second in ${ROUNDS} rounds of ${SECONDS} s in turns; ${busy.gone.toLocaleString('en')} old deliveries were pruned at the same time. p50 ${ms(percentile(pruning, 0.5))} and ${ms(percentile(keeping, 0.5))}, maximum ${ms(Math.max(...pruning))} and ${ms(Math.max(...keeping))}. A delivery waits for at most one slice of deletions. A thread of its own checkpoints.`,
  };
}

function speedFigure(busy: Speed, idle: Speed): Figure {
  const minutes = (speed: Speed) => Math.round(GOAL_ROWS / perSecond(speed) / 60);
  const rate = (speed: Speed) => `${Math.round(perSecond(speed)).toLocaleString('en')} a second`;
  return {
    name: 'old deliveries pruned, with their events and ids',
    measured: `${rate(busy)} beside ${PER_SECOND} new ones`,
    reference: `${rate(idle)} without new ones`,
    ratio: (perSecond(busy) / perSecond(idle)).toFixed(2),
    goal: `≥ ${Math.ceil(GOAL_ROWS / 3_600).toLocaleString('en')} a second: ten million in an hour`,
    note: `Ten million at this speed: ${minutes(busy)} min beside deliveries, ${minutes(idle)} min without. The speed is that in a log of a million; in one of ten million a delivery takes about 1.4 times the processor time, because its index entries share fewer pages with others.`,
  };
}
