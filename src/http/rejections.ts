import type { NewDelivery } from '../events/log/delivery.ts';
import type { Recorder } from '../events/log/recorder.ts';
import { readSigner } from '../events/log/signer-text.ts';
import type { Clock } from '../time/clock.ts';
import { MINUTE_MS } from '../time/units.ts';

/** Strangers of an environment that are counted and stored separately within a minute; further ones are counted together. */
const MAX_STRANGERS = 100;
const OTHERS = 'others';
/** Refusals of a stranger in an environment and minute, after which further ones are answered 429. */
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
  /**
   * How long requests of this sender without a right signature are answered 429, ms; 0 when it sent few of them. A known key
   * counts in place of its address: a proxy may forward other keys.
   */
  silencedMs(environment: string, sender: Pick<NewDelivery, 'source' | 'signedWith'>): number;
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

/** The refused deliveries of an environment and minute. */
interface Refused {
  groups: Map<string, Group>;
  /** Number of refusals by sender, and by known key. */
  strangers: Map<string, number>;
  signers: Map<string, number>;
}

/**
 * Limits what refused deliveries cost: a flood of bad signatures costs counters, not disk. It keeps no other delivery out,
 * because a proxy may forward both SpotDraft and the flood.
 */
export function createRejections(
  recorder: Pick<Recorder, 'record' | 'run'>,
  clock: Clock,
  /** Called once a minute at most. */
  onLost: (error: unknown) => void,
): Rejections {
  let minute = 0;
  let lostIn = 0;
  let byEnvironment = new Map<string, Refused>();
  /** Groups whose stored count is behind. */
  let behind = new Set<Group>();
  let timer: NodeJS.Timeout | null = null;
  const refusedIn = (environment: string): Refused => {
    const now = Math.floor(clock.now() / MINUTE_MS);
    if (now !== minute) byEnvironment = new Map();
    minute = now;
    const refused = byEnvironment.get(environment) ?? {
      groups: new Map(),
      strangers: new Map(),
      signers: new Map(),
    };
    byEnvironment.set(environment, refused);
    return refused;
  };
  const noteLost = (error: unknown): void => {
    if (lostIn !== minute) onLost(error);
    lostIn = minute;
  };
  const storeCounts = async (): Promise<void> => {
    if (timer) clearTimeout(timer);
    timer = null;
    const counts = [...behind].flatMap(({ sample, alike, until }) =>
      sample === null ? [] : [{ delivery: sample, alike, until }],
    );
    behind = new Set([...behind].filter(({ sample }) => sample === null));
    if (counts.length > 0) await recorder.run({ kind: 'alike', counts }).catch(noteLost);
  };
  const storeSoon = (group: Group): void => {
    behind.add(group);
    timer ??= setTimeout(storeCounts, COUNT_EVERY_MS).unref();
  };
  const groupOf = ({ environment, rejection, signedWith, source }: NewDelivery, isProven: boolean): Group => {
    const { groups } = refusedIn(environment);
    const reason = `${rejection} ${signedWith}`;
    const own = `${reason} ${source}`;
    const isSeparate = groups.has(own) || groups.size < MAX_STRANGERS;
    const key = isProven ? reason : isSeparate ? own : OTHERS;
    const group = groups.get(key) ?? { stored: 0, sample: null, alike: 0, until: 0 };
    groups.set(key, group);
    return group;
  };
  /** The counts in which a sender is counted, and its key there. */
  const countsOf = (
    environment: string,
    { source, signedWith }: Pick<NewDelivery, 'source' | 'signedWith'>,
  ): [counts: Map<string, number>, key: string] => {
    const { strangers, signers } = refusedIn(environment);
    if (signedWith !== null && readSigner(signedWith) !== null) return [signers, signedWith];
    return [strangers, strangers.has(source) || strangers.size < MAX_STRANGERS ? source : OTHERS];
  };
  return {
    silencedMs(environment, sender) {
      const [counts, key] = countsOf(environment, sender);
      return (counts.get(key) ?? 0) < MAX_REFUSALS ? 0 : (minute + 1) * MINUTE_MS - clock.now();
    },
    async record(delivery) {
      const isProven = readSigner(delivery.signedWith) !== null;
      const [counts, key] = countsOf(delivery.environment, delivery);
      counts.set(key, (counts.get(key) ?? 0) + 1);
      const group = groupOf(delivery, isProven);
      if (group.stored >= (isProven ? MAX_PROVEN : 1)) {
        group.alike += 1;
        group.until = clock.now();
        storeSoon(group);
        return null;
      }
      group.stored += 1;
      // The delivery is refused even when its sample cannot be stored.
      try {
        const { deliveryId } = await recorder.record(delivery);
        group.sample ??= deliveryId;
        // Some may have come while it was stored.
        if (group.alike > 0) storeSoon(group);
        return deliveryId;
      } catch (error) {
        group.stored -= 1;
        // Nothing stands for them, and a log that cannot be written to for days must not fill the memory.
        if (group.sample === null) behind.delete(group);
        noteLost(error);
        return null;
      }
    },
    close: storeCounts,
  };
}
