import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { megabytes, percentile } from '../../bench/figure.ts';
import { type RunningServer, startEnvcheck } from '../../bench/processes.ts';
import { NORTHWIND_URL } from '../../sandbox/spotdraft/seed.ts';
import { startWorld, type World } from '../../sandbox/world.ts';
import type { Config } from '../../src/config/config.ts';
import { openCore } from '../../src/core.ts';
import { rowsOf } from '../events/log/start-receiver.ts';
import { GENERAL, useSlack } from './commands.ts';
import { startDeliveries } from './deliveries.ts';
import { failSomehow, recover, SIMULATED_ERRORS } from './faults.ts';
import { type MemorySample, memoryTrend, postedIds, postedTwice, repeated, type Trend } from './judge.ts';
import { createRandom, type Random } from './random.ts';

const MOVED_CLOCK = fileURLToPath(new URL('./moved-clock.ts', import.meta.url));
const MINUTE_MS = 60_000;
/** Time after the load for what waits in the outbox: a retry by a clock that was ahead waits up to 400 s. */
const SETTLE_MS = 10 * MINUTE_MS;

export interface SoakOptions {
  seed: number;
  durationMs: number;
  /** Deliveries a second. */
  perSecond: number;
  commandsPerMinute: number;
  kills: number;
  clockSteps: number;
  /** Prints a line. */
  report(line: string): void;
}

export interface SoakResult {
  acknowledged: number;
  /** Acknowledged deliveries that the log does not have, or has with another contract. */
  lost: string[];
  /** Acknowledged deliveries of a sample that `find` does not find. */
  notFound: string[];
  wronglyAcknowledged: number;
  integrity: unknown[];
  posted: number;
  postedTwice: string[];
  /** Fire times of a report that ran more than once. */
  reportedTwice: string[];
  /** Digests that were posted. A clock that is set back takes back the runs of its future, and they are made again. */
  reported: number;
  /** Outbox messages that still wait after everything has recovered. */
  waiting: object[];
  /** Messages that Slack refused without a simulated fault. */
  refused: string[];
  kills: number;
  clockSteps: number;
  commands: Record<string, number>;
  answers: Record<string, number>;
  /** Memory of the last process, without its warm-up. */
  memory: Trend;
  /** p99 of the event loop's delay, ms, over each interval between two scrapes. */
  lagMs: number[];
}

/** The bot in its own process, under load, with failing far sides, kills and a moving clock. Nothing is asserted here. */
export async function soak(options: SoakOptions): Promise<SoakResult> {
  options.report(`soak: seed ${options.seed}, ${Math.round(options.durationMs / 1_000)} s`);
  const world = await startWorld({});
  const { config, moveClock, clockFile } = configure(world);
  const bot = createBot(world, config.file, clockFile);
  try {
    await bot.start();
    return await run({ world, config, moveClock, bot }, options);
  } finally {
    await bot.stop('SIGKILL');
    await world.stop();
  }
}

function configure(world: World) {
  const config = world.configure({
    sharedWebhookUrl: false,
    edit: (content) => ({ ...content, reports: REPORTS }),
  });
  const clockFile = join(config.file, '../clock');
  const moveClock = (shiftMs: number) => {
    // Renaming replaces the file in one step: the program never reads half a number.
    writeFileSync(`${clockFile}.new`, String(Math.round(shiftMs)));
    renameSync(`${clockFile}.new`, clockFile);
  };
  moveClock(0);
  return { config, moveClock, clockFile };
}

interface Running extends Pick<ReturnType<typeof configure>, 'config' | 'moveClock'> {
  world: World;
  bot: ReturnType<typeof createBot>;
}

async function run({ world, config, moveClock, bot }: Running, options: SoakOptions): Promise<SoakResult> {
  const { durationMs, report } = options;
  const random = createRandom(options.seed);
  const began = performance.now();
  const elapsed = () => performance.now() - began;
  const deliveries = startDeliveries(bot.port, [world.uat, world.prod], { ...options, random });
  const commands: Record<string, number> = {};
  const openActs = new Set<Promise<void>>();
  const lagMs: number[] = [];
  let memory: MemorySample[] = [];
  let [killed, stepped] = [0, 0];

  const timed: Timed[] = [
    ...moments(random, options.kills, [0.05, 0.3]).map((share) => ({
      at: share * durationMs,
      async act() {
        await bot.kill();
        killed += 1;
        await sleep(random.between(0, 2_000));
        await bot.start();
        memory = [];
      },
    })),
    ...moments(random, options.clockSteps, [0.05, 0.9]).map((share, index) => ({
      at: share * durationMs,
      async act() {
        stepped += 1;
        const minutes = random.between(1, random.chance(0.5) ? 10 : 360);
        moveClock((index % 2 === 0 ? 1 : -1) * minutes * MINUTE_MS);
      },
    })),
    ...every(MINUTE_MS / options.commandsPerMinute, durationMs).map((at) => ({
      at,
      async act() {
        const ids = () =>
          [...deliveries.acknowledged.keys()].at(-Math.ceil(random.between(0, 500))) ?? 'none yet';
        const acting: Promise<void> = useSlack(world.slack, random, ids)
          .catch((error: Error) => `failed: ${error.message.split('\n')[0]?.slice(0, 60)}`)
          .then((name) => {
            commands[name] = (commands[name] ?? 0) + 1;
            openActs.delete(acting);
          });
        openActs.add(acting);
      },
    })),
    ...every(5_000, durationMs).map((at) => ({ at, act: async () => void failSomehow(world, random) })),
    ...every(MINUTE_MS, durationMs).map((at) => ({ at: at + 20_000, act: async () => recover(world) })),
    ...every(5_000, durationMs).map((at) => ({
      at,
      async act() {
        memory.push({ at: elapsed(), bytes: bot.residentBytes() });
        const lag = await bot.lagMs();
        if (lag !== null) lagMs.push(lag);
      },
    })),
    ...every(MINUTE_MS, durationMs).map((at) => ({
      at: at + MINUTE_MS - 1_000,
      async act() {
        report(
          `soak: ${Math.round(elapsed() / 1_000)} s, ${deliveries.acknowledged.size} acknowledged, ${killed} kills, ${stepped} clock steps, ` +
            `${postedIds(world.slack.history).length} posted, ${megabytes(bot.residentBytes())}, p99 ${Math.round(lagMs.at(-1) ?? 0)} ms`,
        );
      },
    })),
  ];
  for (const { at, act } of timed.sort((left, right) => left.at - right.at)) {
    if (at > durationMs) break;
    await sleep(Math.max(0, at - elapsed()));
    await act();
  }
  await sleep(Math.max(0, durationMs - elapsed()));

  await deliveries.stop();
  await Promise.all(openActs);
  recover(world);
  moveClock(0);
  const waiting = await untilSent(config.database);
  await bot.stop();
  const stable = memory.filter(({ at }) => at >= durationMs / 3);
  const digests = digestsOf(config.database, postedIds(world.slack.history));
  const result = {
    acknowledged: deliveries.acknowledged.size,
    lost: lostOf(config.database, deliveries.acknowledged),
    notFound: await notFoundOf(config, sampleOf([...deliveries.acknowledged.keys()], random, 25)),
    wronglyAcknowledged: deliveries.wronglyAcknowledged,
    integrity: rowsOf(config.database, 'pragma integrity_check'),
    posted: postedIds(world.slack.history).length,
    postedTwice: postedTwice(world.slack.history),
    reported: digests.length,
    reportedTwice: repeated(digests.filter((key) => OF_FIRE_TIME.test(key))),
    waiting,
    refused: world.slack.history
      .filter(({ kind, error }) => kind === 'refused' && !SIMULATED_ERRORS.includes(error ?? ''))
      .map(({ via, error }) => `${via}: ${error}`),
    kills: killed,
    clockSteps: stepped,
    commands,
    answers: deliveries.answers,
    memory: memoryTrend(stable.length >= 3 ? stable : memory),
    lagMs,
  };
  report(`soak: ${summaryOf(result)}`);
  return result;
}

/** One posts whatever happened, one what changed. */
const REPORTS = [
  { name: 'minutely', cron: '* * * * *', channel: GENERAL, when: 'always' },
  { name: 'changes', cron: '*/2 * * * *', channel: GENERAL, when: 'changed' },
];

interface Timed {
  /** ms since the start. */
  at: number;
  act(): Promise<void>;
}

/** One random moment in each of `count` equal parts of a span. */
const moments = (random: Random, count: number, [from, to]: [number, number]): number[] =>
  Array.from(
    { length: count },
    (_, index) => from + ((to - from) * (index + random.between(0.2, 0.8))) / count,
  );

const every = (intervalMs: number, untilMs: number): number[] =>
  Array.from({ length: Math.floor(untilMs / intervalMs) }, (_, index) => index * intervalMs);

/** The running bot, whichever process it is. */
function createBot(world: World, configFile: string, clockFile: string) {
  let running: RunningServer | null = null;
  const current = (): RunningServer => {
    if (!running) throw new Error('the bot was never started');
    return running;
  };
  return {
    port: () => current().port,
    residentBytes: () => current().residentBytes(),
    async start() {
      running = await startEnvcheck(world, configFile, [
        '--import',
        `file://${MOVED_CLOCK}?${encodeURIComponent(clockFile)}`,
      ]);
      // The first call also measures the loading of the program.
      await readLagMs(running);
      world.spotdraft.webhookRoutes.set(NORTHWIND_URL, `http://127.0.0.1:${running.port}`);
    },
    kill: () => current().stop('SIGKILL'),
    stop: async (signal?: NodeJS.Signals) => running?.stop(signal),
    lagMs: () => readLagMs(current()),
  };
}

/** p99 of the event loop's delay since the last call, ms; null when the bot gave none. */
async function readLagMs({ port }: RunningServer): Promise<number | null> {
  const text = await fetch(`http://127.0.0.1:${port}/metrics`)
    .then((answer) => answer.text())
    .catch(() => '');
  const seconds = /^nodejs_eventloop_lag_p99_seconds (\S+)$/m.exec(text)?.[1];
  return seconds === undefined ? null : Number(seconds) * 1_000;
}

/** Resolves when no message waits, or after a time with those that do. */
async function untilSent(database: string): Promise<object[]> {
  const deadline = performance.now() + SETTLE_MS;
  for (;;) {
    const waiting = rowsOf<object>(
      database,
      "select key, owner, attempts, due_at, error from outbox where state = 'waiting'",
    );
    if (waiting.length === 0 || performance.now() > deadline) return waiting;
    await sleep(500);
  }
}

function lostOf(database: string, acknowledged: ReadonlyMap<string, number>): string[] {
  const stored = new Map(
    rowsOf<{ id: string; contract_id: number }>(
      database,
      'select deliveries.id, events.contract_id from deliveries join events on events.key = deliveries.event_key',
    ).map(({ id, contract_id }) => [id, contract_id]),
  );
  return [...acknowledged].flatMap(([id, contract]) => (stored.get(id) === contract ? [] : [id]));
}

const sampleOf = (ids: string[], random: Random, count: number): string[] =>
  ids.length === 0 ? [] : Array.from({ length: count }, () => random.pick(ids));

async function notFoundOf(config: Config, ids: readonly string[]): Promise<string[]> {
  const core = await openCore(config, {}, 'existing');
  try {
    const missing: string[] = [];
    for (const id of ids) {
      const { answered } = await core.log.ask({ text: id, environment: null });
      if (!answered.some(({ result }) => result.found)) missing.push(id);
    }
    return missing;
  } finally {
    await core.close();
  }
}

/** Report and fire time of each posted digest. */
function digestsOf(database: string, ids: readonly string[]): string[] {
  const keys = new Map(
    rowsOf<{ id: string; key: string }>(database, 'select id, key from outbox').map(({ id, key }) => [
      id,
      key,
    ]),
  );
  return ids.flatMap((id) => /^digest .*/.exec(keys.get(id) ?? '') ?? []);
}

/** The key of a digest; that of a fire time to come, which a set clock took back, is longer. */
const OF_FIRE_TIME = /^digest \S+ \S+ \d+$/;

const summaryOf = (result: SoakResult): string =>
  JSON.stringify(
    {
      ...result,
      lagMs: {
        median: percentile(result.lagMs, 0.5),
        p90: percentile(result.lagMs, 0.9),
        highest: Math.max(...result.lagMs),
      },
    },
    null,
    1,
  );
