import PQueue from 'p-queue';

/** SpotDraft's limit is shared with the integration that is being watched over. */
const CONCURRENCY = 4;

/**
 * Requests leave in this order but arrive with some jitter: a window a little longer than a second keeps what
 * SpotDraft counts in any one second at or below the limit. Costs 4 % of the rate.
 */
const WINDOW_MS = 1040;

/** Lets tasks through at a workspace's allowed rate: first come, first served, never a burst above it. */
export interface Pace {
  run<T>(task: () => Promise<T>): Promise<T>;
  /** Nobody starts for this long: SpotDraft said that the workspace, not this request, is over its limit. */
  hold(ms: number): void;
}

export function createPace(requestsPerSecond: number): Pace {
  const queue = new PQueue({
    concurrency: CONCURRENCY,
    intervalCap: requestsPerSecond,
    interval: WINDOW_MS,
    strict: true,
  });
  let release: NodeJS.Timeout | undefined;
  let heldUntil = 0;
  return {
    run: (task) => queue.add(task),
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
