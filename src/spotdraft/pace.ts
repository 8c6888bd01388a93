import { setTimeout as sleep } from 'node:timers/promises';
import PQueue from 'p-queue';

/** Requests in flight at once. SpotDraft's limit is shared with the monitored integration. */
const CONCURRENCY = 4;

/**
 * Extra distance between requests. SpotDraft counts arrivals, which have jitter; the margin keeps the count of any second
 * at or below the limit. It costs 8 % of the rate.
 */
const MARGIN = 1.08;

/** Lets requests through at a workspace's allowed rate, in order and without bursts. */
export interface Pace {
  /** `task` calls `sent` when its request leaves. */
  run<T>(task: (sent: () => void) => Promise<T>): Promise<T>;
  /** The same before all that wait. `signal` ends the wait, and the task is then not started. */
  runFirst<T>(task: (sent: () => void) => Promise<T>, signal: AbortSignal): Promise<T>;
  /** Starts no request for this long, ms: SpotDraft said that the workspace is over its limit. */
  hold(ms: number): void;
  /** SpotDraft answered without asking to wait. */
  accepted(): void;
  /** Requests that were asked to wait since the last accepted one. */
  refusedInARow(): number;
}

export function createPace(requestsPerSecond: number): Pace {
  const queue = new PQueue({ concurrency: CONCURRENCY });
  const nextSlot = createSlots((1000 / requestsPerSecond) * MARGIN);
  let heldUntil = 0;
  let refused = 0;
  const paced = async <T>(task: (sent: () => void) => Promise<T>, signal?: AbortSignal): Promise<T> => {
    const sent = await nextSlot();
    try {
      // Checked after the slot, so that a request that waited for one when the hold began does not leave either.
      while (performance.now() < heldUntil) await sleep(heldUntil - performance.now(), undefined, { signal });
      signal?.throwIfAborted();
      return await task(sent);
    } finally {
      // A request that never left, for example without a connection, still uses its slot.
      sent();
    }
  };
  return {
    run: (task) => queue.add(() => paced(task)),
    runFirst(task, signal) {
      const { promise: ended, reject } = Promise.withResolvers<never>();
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      const done = queue.add(() => paced(task, signal), { priority: 1 });
      // The loser of the race ends later, unobserved.
      done.catch(() => {});
      return Promise.race([done, ended]);
    },
    hold(ms) {
      refused += 1;
      heldUntil = Math.max(heldUntil, performance.now() + ms);
    },
    accepted() {
      refused = 0;
    },
    refusedInARow: () => refused,
  };
}

/**
 * Spaces slots evenly: a burst at the start of each second would use up the integration's share. The distance counts from
 * when the previous request left, not from when its task started: a request that first opens a connection leaves late, and
 * the next one would follow too closely.
 */
function createSlots(distanceMs: number): () => Promise<() => void> {
  let lastLeft: Promise<number> = Promise.resolve(Number.NEGATIVE_INFINITY);
  return async () => {
    const before = lastLeft;
    const { promise, resolve } = Promise.withResolvers<number>();
    lastLeft = promise;
    await sleep(Math.max(0, (await before) + distanceMs - performance.now()));
    return () => resolve(performance.now());
  };
}
