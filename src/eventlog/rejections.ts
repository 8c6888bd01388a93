import type { Clock } from '../clock.ts';
import type { NewDelivery } from './delivery.ts';
import type { Recorder } from './recorder.ts';

const MINUTE_MS = 60_000;
/** Senders that are told apart within one minute; a flood from more of them is counted together. */
const MAX_SOURCES = 1_000;

export interface Rejections {
  /** Keeps the first refused delivery of a sender, environment and minute; the others are only counted. */
  note(delivery: NewDelivery): Promise<void>;
  /** Refused since the start, by environment and reason. */
  counts(): ReadonlyMap<string, number>;
}

/** A flood of badly signed requests costs counters, not disk. */
export function createRejections(
  recorder: Recorder,
  clock: Clock,
  onLost: (error: unknown) => void,
): Rejections {
  const counts = new Map<string, number>();
  let minute = 0;
  let seen = new Set<string>();
  return {
    counts: () => counts,
    async note(delivery) {
      const kind = `${delivery.environment} ${delivery.rejection}`;
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      const now = Math.floor(clock.now() / MINUTE_MS);
      if (now !== minute) {
        minute = now;
        seen = new Set();
      }
      const key = `${kind} ${delivery.source}`;
      if (seen.has(key) || seen.size >= MAX_SOURCES) return;
      seen.add(key);
      // A refusal is refused whether or not its sample could be kept.
      await recorder.record(delivery).catch(onLost);
    },
  };
}
