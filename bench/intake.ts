import { startWorld } from '../sandbox/world.ts';
import { type Figure, ms, percentile } from './figure.ts';
import { type Load, openConnections } from './load.ts';
import { signedRequests } from './payload.ts';
import { type RunningServer, startBareServer, startEnvcheck } from './processes.ts';

const CONNECTIONS = 128;
const ROUNDS = 7;
const PER_ROUND = 20_000;
/** More than any workspace sends, and few enough that deliveries do not wait for each other. */
const STEADY_PER_SECOND = 500;
const STEADY_COUNT = 5_000;

interface Round {
  bot: Measured;
  bare: Measured;
}

interface Measured extends Load {
  /** CPU time of the server per request, µs. */
  cpuMicros: number;
}

/** Sends signed deliveries of distinct events, in turns with the same bytes to a server that only reads them. */
export async function measureIntake(): Promise<Figure[]> {
  const world = await startWorld({});
  const bot = await startEnvcheck(world, world.configure({ sharedWebhookUrl: false }).file);
  const bare = await startBareServer();
  const [toBot, toBare] = [
    await openConnections(bot.port, CONNECTIONS),
    await openConnections(bare.port, CONNECTIONS),
  ];
  try {
    let made = 0;
    const requests = (count: number): Buffer[] => {
      made += count;
      return signedRequests(world.prod.hmacKey, made - count, count);
    };
    for (const connections of [toBot, toBare]) await connections.flood(requests(PER_ROUND));
    const rounds: Round[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const same = requests(PER_ROUND);
      rounds.push({
        bare: await measured(bare, () => toBare.flood(same)),
        bot: await measured(bot, () => toBot.flood(same)),
      });
      process.stderr.write(`  round ${round + 1} of ${ROUNDS}\n`);
    }
    const steady = requests(STEADY_COUNT);
    const paced = {
      bare: await measured(bare, () => toBare.steady(steady, STEADY_PER_SECOND)),
      bot: await measured(bot, () => toBot.steady(steady, STEADY_PER_SECOND)),
    };
    return [...intakeFigures(rounds), ...latencyFigures(paced)];
  } finally {
    toBot.close();
    toBare.close();
    await bot.stop();
    await bare.stop();
    await world.stop();
  }
}

async function measured(server: RunningServer, load: () => Promise<Load>): Promise<Measured> {
  const before = server.cpuMs();
  const done = await load();
  if (done.refused > 0) throw new Error(`${done.refused} requests were not answered 200`);
  return { ...done, cpuMicros: ((server.cpuMs() - before) / done.latencies.length) * 1_000 };
}

const median = (values: number[]): number => percentile(values, 0.5);

function intakeFigures(rounds: Round[]): Figure[] {
  const rate = (loads: Load[]): string =>
    `${Math.round(median(loads.map(({ perSecond }) => perSecond))).toLocaleString('en')} a second`;
  const cpu = (loads: Measured[]): string => `${Math.round(median(loads.map((load) => load.cpuMicros)))} µs`;
  const [bots, bares] = [rounds.map(({ bot }) => bot), rounds.map(({ bare }) => bare)];
  return [
    {
      name: 'durable webhook intake',
      measured: rate(bots),
      reference: `${rate(bares)}: a bare node:http server that reads the body`,
      ratio: median(rounds.map(({ bot, bare }) => bot.perSecond / bare.perSecond)).toFixed(2),
      goal: '≥ 0.7',
      note: `${CONNECTIONS} connections, ${ROUNDS} rounds of ${PER_ROUND} events in turns, median of the ratios. CPU time per delivery: ${cpu(bots)}, the bare server ${cpu(bares)}. Receiver, writing thread and sender share the cores. Beyond HTTP, a delivery costs its signature, 17 index entries, and the write of their pages to the write-ahead log before the answer.`,
    },
  ];
}

function latencyFigures({ bot, bare }: Round): Figure[] {
  return [0.5, 0.99].map((share) => {
    const [ours, theirs] = [percentile(bot.latencies, share), percentile(bare.latencies, share)];
    return {
      name: `intake latency at ${STEADY_PER_SECOND} a second, p${share * 100}`,
      measured: ms(ours),
      reference: `${ms(theirs)}: the bare server`,
      ratio: (ours / theirs).toFixed(1),
      goal: 'none',
      note: 'one commit with its fsync, and two thread switches.',
    };
  });
}
