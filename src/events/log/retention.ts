import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Database } from '../../store/database.ts';
import { hasRowsOlderThan } from '../../store/prune.ts';
import type { Clock } from '../../time/clock.ts';
import type { Recorder } from './recorder.ts';

const HOUR_MS = 3_600_000;
/** So many times as long as a batch took nothing is taken away: on a slow disk, too, most of the time is for deliveries. */
const REST = 19;

export interface Retention {
  /** Resolves when the batch under way is done. */
  stop(): Promise<void>;
}

/**
 * Keeps the log at its length: looks once an hour, from the start on, and has the thread that writes the log take away
 * what is older, in small batches between those of the deliveries.
 */
export function startRetention(
  { db, recorder, clock, logger }: { db: Database; recorder: Recorder; clock: Clock; logger: Logger },
  keepMs: number,
): Retention {
  let stopped = false;
  let underWay: Promise<void> = Promise.resolve();
  const prune = async (): Promise<void> => {
    try {
      const before = clock.now() - keepMs;
      if (!(await hasRowsOlderThan(db, before))) return;
      let total = 0;
      for (let gone = 1; gone > 0 && !stopped; total += gone) {
        const started = performance.now();
        gone = await recorder.run({ kind: 'prune', before });
        if (gone > 0) await sleep((performance.now() - started) * REST);
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
