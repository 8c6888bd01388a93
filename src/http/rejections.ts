import type { NewDelivery } from '../events/log/delivery.ts';
import type { Recorder } from '../events/log/recorder.ts';
import type { Clock } from '../time/clock.ts';

const MINUTE_MS = 60_000;
/** Senders that are told apart within one minute; a flood from more of them is counted together. */
const MAX_SOURCES = 1_000;
/** So many refusals of one sender within a minute, and it is not listened to until that minute is over. */
const MAX_REFUSALS = 600;

export interface Rejections {
  /** Keeps the first refused delivery of a sender, environment and minute; the others are only counted. */
  record(delivery: NewDelivery): Promise<void>;
  /** This sender has sent a rightly signed delivery. */
  trust(source: string): void;
  /** Ms until this sender is listened to again; 0: it is. */
  blockedMs(source: string): number;
}

/**
 * A flood of badly signed requests costs counters, not disk, and from one sender not even signatures. Who has once sent a
 * rightly signed delivery is always listened to: it may be a proxy, behind which SpotDraft and the flood are one sender.
 */
export function createRejections(
  recorder: Recorder,
  clock: Clock,
  onLost: (error: unknown) => void,
): Rejections {
  const trusted = new Set<string>();
  let minute = 0;
  let kept = new Set<string>();
  let refusals = new Map<string, number>();
  const newMinute = () => {
    const now = Math.floor(clock.now() / MINUTE_MS);
    if (now === minute) return;
    minute = now;
    kept = new Set();
    refusals = new Map();
  };
  return {
    trust(source) {
      if (!trusted.has(source) && trusted.size < MAX_SOURCES) trusted.add(source);
    },
    blockedMs(source) {
      newMinute();
      if ((refusals.get(source) ?? 0) < MAX_REFUSALS || trusted.has(source)) return 0;
      return (minute + 1) * MINUTE_MS - clock.now();
    },
    async record(delivery) {
      newMinute();
      const { source, environment, rejection } = delivery;
      const known = refusals.get(source);
      if (known !== undefined || refusals.size < MAX_SOURCES) refusals.set(source, (known ?? 0) + 1);
      const key = `${environment} ${rejection} ${source}`;
      if (kept.has(key) || kept.size >= MAX_SOURCES) return;
      kept.add(key);
      // A refusal is refused whether or not its sample could be kept.
      await recorder.record(delivery).catch(onLost);
    },
  };
}
