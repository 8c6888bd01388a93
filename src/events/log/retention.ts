import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Database } from '../../store/database.ts';
import { hasRowsOlderThan } from '../../store/events.ts';
import type { OpenFailure } from '../../store/prune-holds.ts';
import { isAhead } from '../../time/age.ts';
import type { Clock } from '../../time/clock.ts';
import type { FarClocks } from '../../time/far-clocks.ts';
import { utcText } from '../../time/since.ts';
import { HOUR_MS } from '../../time/units.ts';
import { type Checkpoints, startCheckpoints } from './checkpoints.ts';
import type { Recorder } from './recorder.ts';

/** Length of a slice without its commit, ms: a delivery waits for at most one. */
const SLICE_MS = 3;
/** A pass that takes longer has its checkpoints made by another thread, ms. */
const SHORT_PASS_MS = 1_000;
/** Time between two checkpoints of a pass, ms: a longer one makes the disk busy for longer at once. */
const CHECKPOINT_EVERY_MS = 400;
/** Time until the next look at a write-ahead log that readers hold, ms. */
const READERS_WAIT_MS = 1_000;
/** Pages (200 MB) in the write-ahead log at which a pass waits for the readers that need them. */
const MAX_PAGES_LEFT = 50_000;

/** Time until the next look at a clock that nobody has confirmed, ms. It doubles: a clock may be wrong for months. */
const UNCONFIRMED_WAIT_MS = 5_000;

export interface Retention {
  /** Why rows older than log.keep stay; empty when none has to. */
  held(): string[];
  /** Resolves when the current slice is done. */
  stop(): Promise<void>;
}

interface Dependencies {
  db: Database;
  /** Its file. */
  database: string;
  recorder: Pick<Recorder, 'prune'>;
  clock: Clock;
  farClocks: Pick<FarClocks, 'now'>;
  logger: Logger;
  /** The groups of failures that are open now. */
  openFailures: () => Promise<OpenFailure[]>;
}

/**
 * Prunes the log at the start and then once an hour: the thread that writes the log removes rows older than `keepMs` in small
 * slices between its batches of deliveries, when the clock of SpotDraft or Slack agrees that they are old. A long pass has the write-ahead log checkpointed by a thread of its own.
 */
export function startRetention(
  { db, database, recorder, clock, farClocks, logger, openFailures }: Dependencies,
  keepMs: number,
): Retention {
  let stopped = false;
  let underWay: Promise<void> = Promise.resolve();
  let held: string | null = null;
  let retry: NodeJS.Timeout | undefined;
  let waitMs = UNCONFIRMED_WAIT_MS;
  const isConfirmed = (): boolean => {
    const far = farClocks.now();
    return far !== null && !isAhead(clock.now(), far);
  };
  const prune = async (): Promise<void> => {
    const now = clock.now();
    const far = farClocks.now();
    // A row's time proves nothing: a wrong clock may have written it. Rows go when a clock elsewhere says that they are old too.
    const trusted = Math.min(now, far ?? now);
    const before = trusted - keepMs;
    const wasHeld = held !== null;
    held =
      isConfirmed() || !(await hasRowsOlderThan(db, now - keepMs))
        ? null
        : far === null
          ? 'Rows older than log.keep stay until an answer of SpotDraft or Slack confirms the clock'
          : `Rows from after ${utcText(before)} stay until the clock is right`;
    if (held !== null && !wasHeld) logger.warn({ clock: now, far }, held);
    clearTimeout(retry);
    if (isConfirmed()) waitMs = UNCONFIRMED_WAIT_MS;
    else if (!stopped && waitMs < HOUR_MS) {
      retry = setTimeout(run, waitMs).unref();
      waitMs *= 2;
    }
    if (far === null || !(await hasRowsOlderThan(db, before))) return;
    const order = { before, now: trusted, spendMs: SLICE_MS, openFailures: await openFailures() };
    const checkpoints = regularCheckpoints(database);
    let total = 0;
    try {
      for (let more = true; more && !stopped; ) {
        const pruned = await recorder.prune(order);
        total += pruned.removed;
        more = pruned.more;
        while (!stopped && (await checkpoints.whenDue()) > MAX_PAGES_LEFT) await sleep(READERS_WAIT_MS);
      }
    } finally {
      await checkpoints.end();
    }
    if (total > 0) logger.info({ rows: total }, 'rows older than log.keep removed');
  };
  const run = () => {
    underWay = underWay
      .then(prune)
      .catch((error) => logger.error({ err: error }, 'old rows not removed; the next try is in an hour'));
  };
  run();
  const timer = setInterval(run, HOUR_MS);
  timer.unref();
  return {
    held: () => (held === null || isConfirmed() ? [] : [held]),
    async stop() {
      stopped = true;
      clearTimeout(retry);
      clearInterval(timer);
      await underWay;
    },
  };
}

/** Checkpoints of one pass. Their thread starts with the first one, because most passes are short. */
function regularCheckpoints(database: string): { whenDue(): Promise<number>; end(): Promise<void> } {
  let due = performance.now() + SHORT_PASS_MS;
  let left = 0;
  let thread: Checkpoints | null = null;
  return {
    async whenDue() {
      if (performance.now() < due) return left;
      thread ??= startCheckpoints(database);
      left = await thread.run();
      due = performance.now() + CHECKPOINT_EVERY_MS;
      return left;
    },
    async end() {
      // The pages of the last slices would be left to the next delivery.
      await thread?.run().finally(thread.close);
    },
  };
}
