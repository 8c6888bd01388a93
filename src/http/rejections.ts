import type { NewDelivery } from '../events/log/delivery.ts';
import type { Recorder } from '../events/log/recorder.ts';
import type { Clock } from '../time/clock.ts';

const MINUTE_MS = 60_000;
/** Senders counted separately within a minute; further ones are counted together. */
const MAX_SOURCES = 1_000;
/** Refusals per minute after which a sender is blocked until the minute is over. */
const MAX_REFUSALS = 600;

export interface Rejections {
  /**
   * Stores the first refused delivery per sender, signer, environment and minute; the others are only counted. Returns the id
   * of a stored one.
   */
  record(delivery: NewDelivery): Promise<string | null>;
  /** Records that this sender has sent a validly signed delivery. */
  trust(source: string): void;
  /** Time until this sender is unblocked, ms; 0 when it is not blocked. */
  blockedMs(source: string): number;
}

/**
 * Limits refused deliveries: a flood of bad signatures costs counters, not disk, and from one sender no verification either.
 * A sender of a valid delivery is never blocked: it may be a proxy that forwards both SpotDraft and the flood.
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
      const { source, environment, rejection, signedWith } = delivery;
      const known = refusals.get(source);
      if (known !== undefined || refusals.size < MAX_SOURCES) refusals.set(source, (known ?? 0) + 1);
      const key = `${environment} ${rejection} ${signedWith} ${source}`;
      if (kept.has(key) || kept.size >= MAX_SOURCES) return null;
      kept.add(key);
      // The delivery is refused even when its sample cannot be stored.
      try {
        const { deliveryId } = await recorder.record(delivery);
        return deliveryId;
      } catch (error) {
        onLost(error);
        return null;
      }
    },
  };
}
