import { setTimeout as sleep } from 'node:timers/promises';
import PQueue from 'p-queue';

/** SpotDraft's limit is shared with the integration that is being watched over. */
const CONCURRENCY = 4;

/**
 * What counts is when requests arrive, and they arrive with some jitter: a little more than the even share between two of
 * them keeps what SpotDraft counts in any one second at or below the limit. Costs 8 % of the rate.
 */
const MARGIN = 1.08;

/** Lets requests through at a workspace's allowed rate: first come, first served, never a burst above it. */
export interface Pace {
  /** `task` calls `sent` at the moment its request leaves. */
  run<T>(task: (sent: () => void) => Promise<T>): Promise<T>;
  /** Nobody starts for this long: SpotDraft said that the workspace, not this request, is over its limit. */
  hold(ms: number): void;
}

export function createPace(requestsPerSecond: number): Pace {
  const queue = new PQueue({ concurrency: CONCURRENCY });
  const nextSlot = createSlots((1000 / requestsPerSecond) * MARGIN);
  let heldUntil = 0;
  return {
    run: (task) =>
      queue.add(async () => {
        const sent = await nextSlot();
        // Asked after the slot: a request that waited for one when the hold began must not leave either.
        while (performance.now() < heldUntil) await sleep(heldUntil - performance.now());
        // A request that never left, say for want of a connection, has used its slot all the same.
        return task(sent).finally(sent);
      }),
    hold(ms) {
      heldUntil = Math.max(heldUntil, performance.now() + ms);
    },
  };
}

/**
 * One slot after the other, evenly: a burst at the beginning of each second would hit the integration whose limit this is
 * too. The distance is kept from when the request before left, not from when its task started: one that has to open its
 * connection first leaves late, and the next would follow it too closely.
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
