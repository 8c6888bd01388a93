import { openSqlite } from './sqlite.ts';

export interface Checkpointer {
  /** Returns the number of pages that are left in the write-ahead log: those that a reader still needs, or that were written meanwhile. */
  run(): number;
  close(): void;
}

/** Pages (40 MB) in the write-ahead log above which it should begin again at its start. */
const RESTART_PAGES = 10_000;

/** A connection that writes the write-ahead log into the database file beside the one that appends to it. Throws StoreError. */
export function openCheckpointer(file: string): Checkpointer {
  const sqlite = openSqlite(file, 'existing');
  // A checkpoint never waits for a reader: it would hold up the writer meanwhile.
  sqlite.pragma('busy_timeout = 0');
  const checkpoint = (mode: 'passive' | 'full') => {
    const [pages] = sqlite.pragma(`wal_checkpoint(${mode})`) as { log: number; checkpointed: number }[];
    const { log = 0, checkpointed = 0 } = pages ?? {};
    return { log, left: Math.max(0, log - checkpointed) };
  };
  return {
    run() {
      const { log, left } = checkpoint('passive');
      if (log < RESTART_PAGES) return left;
      // Excludes the writer for the few pages written since, so that the log begins again at its start.
      checkpoint('passive');
      return checkpoint('full').left;
    },
    close: () => sqlite.close(),
  };
}
