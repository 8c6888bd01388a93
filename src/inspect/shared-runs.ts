import type { Progress } from '../workspace/progress.ts';

type Listener = (progress: Progress) => void;

/** Work of which at most one run per key is under way: all who ask meanwhile get its result. */
export interface SharedRuns<T> {
  /** Starts the work, or joins its run and reports the progress so far at once. */
  join(key: string, work: (report: Listener) => Promise<T>, onProgress: Listener): Promise<T>;
  isRunning(key: string): boolean;
  /** Resolves when no run is under way. */
  idle(): Promise<void>;
}

export function createSharedRuns<T>(): SharedRuns<T> {
  const running = new Map<string, { result: Promise<T>; listeners: Set<Listener>; progress: Progress }>();
  return {
    isRunning: (key) => running.has(key),
    async idle() {
      await Promise.allSettled([...running.values()].map(({ result }) => result));
    },
    join(key, work, onProgress) {
      const joined = running.get(key);
      if (joined) {
        joined.listeners.add(onProgress);
        onProgress(joined.progress);
        return joined.result;
      }
      const listeners = new Set([onProgress]);
      const run = {
        listeners,
        progress: { done: 0, planned: 0 },
        result: Promise.resolve().then(() =>
          work((progress) => {
            run.progress = progress;
            for (const listener of listeners) listener(progress);
          }),
        ),
      };
      running.set(key, run);
      const done = () => running.delete(key);
      run.result.then(done, done);
      return run.result;
    },
  };
}
