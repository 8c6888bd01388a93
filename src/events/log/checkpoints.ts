import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

export interface Checkpoints {
  /** Writes the write-ahead log into the database file. Resolves with the number of pages that are left in it. */
  run(): Promise<number>;
  close(): Promise<void>;
}

/**
 * Starts a thread that checkpoints: it waits for the disk while deliveries go on. The thread that writes the log would hold up
 * deliveries for as long.
 */
export function startCheckpoints(database: string): Checkpoints {
  const thread = new Worker(new URL('checkpoint-thread.ts', import.meta.url), { workerData: database });
  let failure: Error | null = null;
  thread.on('error', (error) => {
    failure = error;
  });
  return {
    async run() {
      if (failure) throw failure;
      // An error of the thread rejects this.
      const answered = once(thread, 'message');
      thread.postMessage('checkpoint');
      const [left] = (await answered) as [number];
      return left;
    },
    async close() {
      if (failure) return;
      const ended = once(thread, 'exit');
      thread.postMessage('close');
      await ended;
    },
  };
}
