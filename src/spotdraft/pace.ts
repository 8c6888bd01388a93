import { setTimeout as sleep } from 'node:timers/promises';
import PQueue from 'p-queue';

/** SpotDraft's limit is shared with the integration that is being watched over. */
const CONCURRENCY = 4;

/**
 * What counts is when requests arrive, and they arrive with some jitter: a window a little longer than a second keeps
 * what SpotDraft counts in any one second at or below the limit. Costs 5 % of the rate.
 */
const WINDOW_MS = 1050;

/** Lets requests through at a workspace's allowed rate: first come, first served, never a burst above it. */
export interface Pace {
  /** `task` calls `sent` at the moment its request leaves. */
  run<T>(task: (sent: () => void) => Promise<T>): Promise<T>;
  /** Nobody starts for this long: SpotDraft said that the workspace, not this request, is over its limit. */
  hold(ms: number): void;
}

export function createPace(requestsPerSecond: number): Pace {
  const queue = new PQueue({ concurrency: CONCURRENCY });
  const rate = createRate(requestsPerSecond);
  let release: NodeJS.Timeout | undefined;
  let heldUntil = 0;
  return {
    run: (task) =>
      queue.add(async () => {
        const sent = await rate.slot();
        // A request that never left, say for want of a connection, has used its slot all the same.
        return task(sent).finally(sent);
      }),
    hold(ms) {
      const until = performance.now() + ms;
      if (until <= heldUntil) return;
      heldUntil = until;
      clearTimeout(release);
      queue.pause();
      release = setTimeout(() => queue.start(), ms);
    },
  };
}

/**
 * A sliding window over the times at which requests left. The queue's own window counts from when a task starts, and a
 * connection that is opened first, or a busy process, lets the first requests of a window leave late and the next on time.
 */
function createRate(perSecond: number): { slot(): Promise<() => void> } {
  /** Of the last `perSecond` requests; a pending one holds its place. */
  const slots: Promise<number>[] = [];
  let turn: Promise<unknown> = Promise.resolve();
  const take = async (): Promise<() => void> => {
    const oldest = slots.length < perSecond ? undefined : slots.shift();
    if (oldest) await sleep(Math.max(0, (await oldest) + WINDOW_MS - performance.now()));
    const { promise, resolve } = Promise.withResolvers<number>();
    slots.push(promise);
    return () => resolve(performance.now());
  };
  return {
    slot() {
      const next = turn.then(take);
      turn = next;
      return next;
    },
  };
}
