import type { Progress } from '../workspace/progress.ts';

type Listener = (progress: Progress) => void;

export interface SharedRuns<T> {
  /** Starts the work, or joins it where it runs already; whoever joins is told at once how far it is. */
  join(key: string, work: (report: Listener) => Promise<T>, onProgress: Listener): Promise<T>;
}

/** Makes of two who ask for the same thing at the same time one piece of work. */
export function createSharedRuns<T>(): SharedRuns<T> {
  const running = new Map<string, { result: Promise<T>; listeners: Set<Listener>; progress: Progress }>();
  return {
    join(key, work, onProgress) {
      const already = running.get(key);
      if (already) {
        already.listeners.add(onProgress);
        onProgress(already.progress);
        return already.result;
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
