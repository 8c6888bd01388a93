import type { Logger } from 'pino';
import { refuseOtherDatabase } from '../../store/database.ts';
import { logStartedAt } from '../../store/failures.ts';
import { migrate } from '../../store/migrate.ts';
import { StoreError } from '../../store/store-error.ts';
import type { StoreFile } from '../../store/store-file.ts';
import type { Clock } from '../../time/clock.ts';
import type { Recorder } from './recorder.ts';

/** A lost file is noticed and replaced within about twice this time, ms. */
const LOOK_EVERY_MS = 1_000;

export interface DatabaseWatch {
  /** Why the database cannot be written to now; null when it can. */
  failure(): string | null;
  stop(): Promise<void>;
}

interface Dependencies {
  store: StoreFile;
  /** The path in the config. */
  database: string;
  recorder: Pick<Recorder, 'pause' | 'resume'>;
  clock: Clock;
  logger: Logger;
}

/**
 * Looks every second whether the open database is still the one at its path. While it is not, nothing is written; the same
 * file moved back is used again, and so is a backup of it. A database that a command created there meanwhile is not.
 */
export function watchDatabase({ store, database, recorder, clock, logger }: Dependencies): DatabaseWatch {
  /** The failure that was logged last. */
  let known: string | null = null;
  let underWay: Promise<void> = Promise.resolve();
  // A backup began when its original did.
  const began = logStartedAt(store.db).catch(() => null);
  const accept = async () => {
    await refuseOtherDatabase(store.db, database);
    const own = await began;
    if (own !== null && (await logStartedAt(store.db)) !== own)
      throw new StoreError(
        `${database} is another database than the one that was opened. Move that one or a backup of it back, or start Envcheck again to use this one`,
      );
  };
  const note = (failure: string | null) => {
    if (failure === known) return;
    if (failure !== null) logger.error({ database, failure }, 'the database is not where it was opened');
    else logger.info({ database }, 'the database is back');
    known = failure;
  };
  const look = async () => {
    const lost = store.lost();
    note(lost?.text ?? null);
    if (lost === null) return;
    try {
      await store.reopen({
        closeOthers: () => recorder.pause(lost.text),
        accept,
        migrate: () => migrate(store.db, clock),
      });
      recorder.resume();
      note(null);
    } catch (error) {
      note(error instanceof Error ? error.message : String(error));
    }
  };
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    underWay = look().finally(() => {
      busy = false;
    });
  }, LOOK_EVERY_MS);
  timer.unref();
  return {
    failure: () => (store.lost() === null ? null : (known ?? store.lost()?.text ?? null)),
    async stop() {
      clearInterval(timer);
      await underWay;
    },
  };
}
