import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Database } from '../../store/database.ts';
import { hasRowsOlderThan } from '../../store/prune.ts';
import type { OpenFailure } from '../../store/prune-holds.ts';
import type { Clock } from '../../time/clock.ts';
import type { Recorder } from './recorder.ts';

const HOUR_MS = 3_600_000;
/** Length of a batch, ms: a delivery waits for at most one. */
const BATCH_MS = 4;
/** After this time a pass is no longer the hourly one, but that of a shorter `log.keep`, and takes more of the time. */
const USUAL_PASS_MS = 60_000;
/** Pauses after a batch, as multiples of its duration. */
const rests = { usual: 19, behind: 0.5, delivering: 1.5 } as const;

export interface Retention {
  /** Resolves when the current batch is done. */
  stop(): Promise<void>;
}

interface Dependencies {
  db: Database;
  recorder: Pick<Recorder, 'prune' | 'depth'>;
  clock: Clock;
  logger: Logger;
  /** The groups of failures that are open now. */
  openFailures: () => Promise<OpenFailure[]>;
}

/**
 * Prunes the log at the start and then once an hour: the thread that writes the log removes rows older than `keepMs` in small
 * batches between those of the deliveries. A pass that has much to do takes the more of the thread's time the fewer
 * deliveries wait for it.
 */
export function startRetention(
  { db, recorder, clock, logger, openFailures }: Dependencies,
  keepMs: number,
): Retention {
  let stopped = false;
  let underWay: Promise<void> = Promise.resolve();
  const prune = async (): Promise<void> => {
    try {
      const now = clock.now();
      const before = now - keepMs;
      if (!(await hasRowsOlderThan(db, before))) return;
      const order = { before, now, spendMs: BATCH_MS, openFailures: await openFailures() };
      const began = performance.now();
      let total = 0;
      for (let more = true; more && !stopped; ) {
        const started = performance.now();
        const pruned = await recorder.prune(order);
        total += pruned.removed;
        more = pruned.more;
        const isUsual = started - began < USUAL_PASS_MS;
        const rest = isUsual ? rests.usual : recorder.depth() > 0 ? rests.delivering : rests.behind;
        if (more) await sleep((performance.now() - started) * rest);
      }
      if (total > 0) logger.info({ rows: total }, 'rows older than log.keep removed');
    } catch (error) {
      logger.error({ err: error }, 'old rows not removed; the next try is in an hour');
    }
  };
  const run = () => {
    underWay = underWay.then(prune);
  };
  run();
  const timer = setInterval(run, HOUR_MS);
  timer.unref();
  return {
    async stop() {
      stopped = true;
      clearInterval(timer);
      await underWay;
    },
  };
}
