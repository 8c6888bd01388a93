import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Database } from '../../store/database.ts';
import { hasRowsOlderThan } from '../../store/prune.ts';
import type { Clock } from '../../time/clock.ts';
import type { Recorder } from './recorder.ts';

const HOUR_MS = 3_600_000;
/** Pause after a batch, as a multiple of its duration: even on a slow disk most of the time is left for deliveries. */
const REST = 19;

export interface Retention {
  /** Resolves when the current batch is done. */
  stop(): Promise<void>;
}

/**
 * Prunes the log at the start and then once an hour: the thread that writes the log removes rows older than `keepMs` in small
 * batches between those of the deliveries.
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
