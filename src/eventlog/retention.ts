import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Clock } from '../clock.ts';
import type { Database } from '../store/database.ts';
import { pruneBatch } from '../store/retention.ts';

const HOUR_MS = 3_600_000;
/** Between two batches, for whoever else wants to write. */
const PAUSE_MS = 100;

export interface Retention {
  /** Resolves when the batch under way is done. */
  stop(): Promise<void>;
}

/** Keeps the log at its length: looks once an hour, from the start on, and takes away in small batches. */
export function startRetention(db: Database, keepMs: number, clock: Clock, logger: Logger): Retention {
  let stopped = false;
  let underWay: Promise<void> = Promise.resolve();
  const prune = async (): Promise<void> => {
    try {
      let total = 0;
      for (let gone = 1; gone > 0 && !stopped; total += gone) {
        gone = await pruneBatch(db, clock.now() - keepMs);
        if (gone > 0) await sleep(PAUSE_MS);
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
