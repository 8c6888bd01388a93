import type { NewDelivery } from '../events/log/delivery.ts';
import type { Recorder } from '../events/log/recorder.ts';
import { readSigner } from '../events/log/signer-text.ts';
import type { Clock } from '../time/clock.ts';

const MINUTE_MS = 60_000;
/** Senders counted separately within a minute; further ones are counted together. */
const MAX_SOURCES = 1_000;
/** Refusals per minute after which a sender is blocked until the minute is over. */
const MAX_REFUSALS = 600;
/** Refused deliveries of one reason and key that are stored in a minute: their signature proves that a workspace sent them. */
const MAX_PROVEN = 60;
/** How soon the log tells for how many others a stored one stands, ms. */
const COUNT_EVERY_MS = 2_000;

export interface Rejections {
  /**
   * Stores the first refused delivery per sender, signer, environment, reason and minute, and the first 60 of a known signer. The
   * others are counted with the first one. Returns the id of a stored one.
   */
  record(delivery: NewDelivery): Promise<string | null>;
  /** Records that this sender has sent a validly signed delivery. */
  trust(source: string): void;
  /** Time until this sender is unblocked, ms; 0 when it is not blocked. */
  blockedMs(source: string): number;
  /** Stores the counts. */
  close(): Promise<void>;
}

/** The refused deliveries of a minute that are counted together. */
interface Group {
  stored: number;
  /** The stored one that stands for the others; null when it could not be stored. */
  sample: string | null;
  alike: number;
  until: number;
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
  let groups = new Map<string, Group>();
  let refusals = new Map<string, number>();
  /** Groups whose stored count is behind. */
  let behind = new Set<Group>();
  let timer: NodeJS.Timeout | null = null;
  const newMinute = () => {
    const now = Math.floor(clock.now() / MINUTE_MS);
    if (now === minute) return;
    minute = now;
    groups = new Map();
    refusals = new Map();
  };
  const storeCounts = async (): Promise<void> => {
    if (timer) clearTimeout(timer);
    timer = null;
    const counts = [...behind].flatMap(({ sample, alike, until }) =>
      sample === null ? [] : [{ delivery: sample, alike, until }],
    );
    behind = new Set([...behind].filter(({ sample }) => sample === null));
    if (counts.length > 0) await recorder.run({ kind: 'alike', counts }).catch(onLost);
  };
  const count = (group: Group): void => {
    group.alike += 1;
    group.until = clock.now();
    behind.add(group);
    timer ??= setTimeout(storeCounts, COUNT_EVERY_MS).unref();
  };
  const groupOf = ({ environment, rejection, signedWith, source }: NewDelivery, isProven: boolean): Group => {
    const reason = `${environment} ${rejection} ${signedWith}`;
    const own = isProven ? reason : `${reason} ${source}`;
    const key = groups.has(own) || groups.size < MAX_SOURCES ? own : `${environment} ${rejection}`;
    const group = groups.get(key) ?? { stored: 0, sample: null, alike: 0, until: 0 };
    groups.set(key, group);
    return group;
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
      const { source, rejection, signedWith } = delivery;
      const isProven = readSigner(signedWith) !== null;
      if (!isProven && rejection !== 'rate_limited') {
        const known = refusals.get(source);
        if (known !== undefined || refusals.size < MAX_SOURCES) refusals.set(source, (known ?? 0) + 1);
      }
      const group = groupOf(delivery, isProven);
      if (group.stored >= (isProven ? MAX_PROVEN : 1)) {
        count(group);
        return null;
      }
      group.stored += 1;
      // The delivery is refused even when its sample cannot be stored.
      try {
        const { deliveryId } = await recorder.record(delivery);
        group.sample ??= deliveryId;
        return deliveryId;
      } catch (error) {
        group.stored -= 1;
        onLost(error);
        return null;
      }
    },
    close: storeCounts,
  };
}
