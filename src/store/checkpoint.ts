import { openSqlite } from './sqlite.ts';

export interface Checkpointer {
  /** Returns the number of pages that are left in the write-ahead log: those that a reader still needs, or that were written meanwhile. */
  run(): number;
  close(): void;
}

/** A connection that writes the write-ahead log into the database file beside the one that appends to it. Throws StoreError. */
export function openCheckpointer(file: string): Checkpointer {
  const sqlite = openSqlite(file, 'existing');
  // A checkpoint never waits for a reader: it would hold up the writer meanwhile.
  sqlite.pragma('busy_timeout = 0');
  const checkpoint = (mode: 'passive' | 'full'): number => {
    const [pages] = sqlite.pragma(`wal_checkpoint(${mode})`) as { log: number; checkpointed: number }[];
    return pages ? Math.max(0, pages.log - pages.checkpointed) : 0;
  };
  return {
    run() {
      checkpoint('passive');
      // Excludes the writer for the few pages written since, so that the log begins again at its start.
      return checkpoint('full');
    },
    close: () => sqlite.close(),
  };
}
