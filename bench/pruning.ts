import { setTimeout as sleep } from 'node:timers/promises';
import { startWorld } from '../sandbox/world.ts';
import { openDatabase } from '../src/store/database.ts';
import { type Figure, ms, percentile } from './figure.ts';
import { type Connections, openConnections } from './load.ts';
import { growLog } from './log-rows.ts';
import { signedRequests } from './payload.ts';
import { type RunningServer, startEnvcheck } from './processes.ts';

const ROWS = 1_000_000;
const PER_SECOND = 200;
const SECONDS = 5;
const ROUNDS = 8;
/** A resumed process first catches up with its timers. */
const SETTLE_MS = 1_000;
const DAY_MS = 86_400_000;

interface Log {
  bot: RunningServer;
  connections: Connections;
  latencies: number[];
  hmacKey: string;
  rows(): Promise<number>;
  stop(): Promise<void>;
}

/** Intake while a million old deliveries are pruned, in turns with intake into a log of the same length with nothing to prune. */
export async function measurePruning(): Promise<Figure[]> {
  const logs: Log[] = [];
  try {
    logs.push(await openLog(0), await openLog(91 * DAY_MS));
    const [keeping, pruning] = logs as [Log, Log];
    // The first delivery starts the writing thread and reads the HMAC key.
    for (const log of logs)
      await log.connections.steady(signedRequests(log.hmacKey, ROUNDS * 1_000_000, 50), 50);
    const rowsBefore = await pruning.rows();
    for (let round = 0; round < ROUNDS; round += 1)
      for (const [log, other] of [
        [keeping, pruning],
        [pruning, keeping],
      ] as const) {
        // A running process would disturb the figure of the other.
        other.bot.pause();
        await sleep(SETTLE_MS);
        const requests = signedRequests(log.hmacKey, round * 1_000_000, PER_SECOND * SECONDS);
        log.latencies.push(...(await log.connections.steady(requests, PER_SECOND)).latencies);
        other.bot.resume();
      }
    const gone = rowsBefore + ROUNDS * PER_SECOND * SECONDS - (await pruning.rows());
    return [figure(pruning.latencies, keeping.latencies, gone)];
  } finally {
    for (const log of logs) await log.stop();
  }
}

async function openLog(ageMs: number): Promise<Log> {
  const world = await startWorld({});
  const config = world.configure({ sharedWebhookUrl: false });
  await growLog(config.database, 0, ROWS, Date.now() - ageMs);
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
      await world.stop();
    },
  };
}

function figure(pruning: number[], keeping: number[], gone: number): Figure {
  const [p99, reference] = [percentile(pruning, 0.99), percentile(keeping, 0.99)];
  return {
    name: 'intake latency while a million old deliveries are pruned, p99',
    measured: ms(p99),
    reference: `${ms(reference)}: a log of the same length with nothing to prune`,
    ratio: (p99 / reference).toFixed(2),
    goal: '≤ 2',
    note: `${PER_SECOND} deliveries per second in ${ROUNDS} rounds of ${SECONDS} s in turns; ${gone.toLocaleString('en')} old deliveries were pruned at the same time. A delivery waits for at most one small batch of deletions. After a batch the writing thread pauses nineteen times as long as the batch took.`,
  };
}
