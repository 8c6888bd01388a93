import { startWorld } from '../sandbox/world.ts';
import { type Figure, ms, percentile } from './figure.ts';
import { type Load, openLines } from './load.ts';
import { signedRequests } from './payload.ts';
import { type Running, startBare, startEnvcheck } from './processes.ts';

const CONNECTIONS = 128;
const ROUNDS = 7;
const PER_ROUND = 20_000;
/** More than any workspace sends, and little enough that a delivery does not wait for others. */
const STEADY_PER_SECOND = 500;
const STEADY_COUNT = 5_000;

interface Round {
  bot: Measured;
  bare: Measured;
}

interface Measured extends Load {
  /** CPU time of the server, µs for each request. */
  cpuMicros: number;
}

/** Signed deliveries, each another event, beside the same bytes sent to a server that only reads them; in turns. */
export async function measureIntake(): Promise<Figure[]> {
  const world = await startWorld({});
  const bot = await startEnvcheck(world, world.configure({ sharedWebhookUrl: false }).file);
  const bare = await startBare();
  const [toBot, toBare] = [await openLines(bot.port, CONNECTIONS), await openLines(bare.port, CONNECTIONS)];
  try {
    let made = 0;
    const requests = (count: number): Buffer[] => {
      made += count;
      return signedRequests(world.prod.hmacKey, made - count, count);
    };
    for (const lines of [toBot, toBare]) await lines.flood(requests(PER_ROUND));
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

async function measured(server: Running, load: () => Promise<Load>): Promise<Measured> {
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
      note: `${CONNECTIONS} connections, ${ROUNDS} rounds of ${PER_ROUND} events in turns, median of their ratios. CPU time for each: ${cpu(bots)}, the bare server ${cpu(bares)}; the receiver, the writing thread and the sender share the cores. Beyond HTTP it is the signature, the 17 index entries of an event with its delivery, and the pages they lie on, which go to the write-ahead log before the answer.`,
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
      note: 'one commit and its fsync, and two changes of threads.',
    };
  });
}
