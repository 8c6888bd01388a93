import { createSecretKey, type KeyObject } from 'node:crypto';
import type { SignedWith } from '../events/log/signer-text.ts';
import type { Fact } from '../spotdraft/fact.ts';
import { decodeKey, verifySignature } from '../spotdraft/webhook-signature.ts';
import { isOver, isYoung } from '../time/age.ts';
import type { Clock } from '../time/clock.ts';
import { type Candidate, createSignerSearch, type GivenSignature } from './signer-search.ts';

/** Shortest time between two key reads, so that a flood of bad signatures does not become one of requests to SpotDraft. */
const REFRESH_EVERY_MS = 5_000;
/** Reads that may follow each other sooner, because a key may be changed just after it was read. Each 5 s give one more. */
const MAX_READS = 3;
/** Longest time that a delivery waits for a key while an older one is known, ms. */
const MAX_WAIT_MS = 1_000;
/** Longest time that one waits for the first key, which it cannot be judged without, ms. */
const MAX_FIRST_WAIT_MS = 10_000;
/** Bytes of the deliveries that wait for a key. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;
/** Time for which a replaced key stays valid: deliveries signed before a rotation may arrive after it. */
const PREVIOUS_GOOD_MS = 10 * 60_000;

/** Refused deliveries, each with its body of up to 1 MiB, that wait for keys of other environments. */
const MAX_WAITING = 20;

/** `signedWith`: whose key made a wrong signature. */
export type SignatureCheck = { is: 'right' } | { is: 'no_key' } | { is: 'wrong'; signedWith: SignedWith };

const RIGHT: SignatureCheck = { is: 'right' };

export interface WebhookKeys {
  /** `no_key`: the environment's key could not be read yet, so the signature cannot be judged. */
  verify(environment: string, body: Buffer, signature: string): Promise<SignatureCheck>;
  /** Whose key made a signature that was refused. Tries keys that are known, and waits for none. */
  signerOf(environment: string, body: Buffer, given: GivenSignature): SignedWith;
  /**
   * Reads the keys that are not known yet, and waits for the reads that are under way. null when there is nothing to wait for, the
   * keys were tried within 5 s, or many wait already.
   */
  learn(): Promise<void> | null;
}

interface Keys {
  /** Kept as key objects: creating one per delivery would cost more than the signature. */
  current: KeyObject | null;
  /** The current key without decoding, as some senders use it. */
  undecoded: KeyObject | null;
  previous: { key: KeyObject; until: number } | null;
  fetchedAt: number;
  fetching: Promise<void> | null;
  /** Reads that may begin now, and when that was counted, epoch ms. */
  reads: number;
  countedAt: number;
}

/**
 * The HMAC keys of all environments, in memory only. An invalid signature may mean a rotated key, so the key is read again,
 * at most once in 5 s, and the delivery is judged again.
 */
export function createWebhookKeys(
  environments: readonly string[],
  readKey: (environment: string) => Promise<Fact<string>>,
  clock: Clock,
  /** Called with every new key before it is used. Must not throw. */
  onKey: (environment: string, hmacKey: string) => Promise<void>,
): WebhookKeys {
  const all = new Map<string, Keys>();
  const searchSigner = createSignerSearch(clock);
  let waiting = 0;
  let waitingBytes = 0;
  /** Counts the keys that were learned, of all environments. */
  let learned = 0;
  const keysOf = (environment: string): Keys => {
    const keys = all.get(environment) ?? {
      current: null,
      undecoded: null,
      previous: null,
      fetchedAt: Number.NEGATIVE_INFINITY,
      fetching: null,
      reads: MAX_READS,
      countedAt: clock.now(),
    };
    all.set(environment, keys);
    return keys;
  };
  const fetchKey = async (environment: string, keys: Keys): Promise<void> => {
    keys.fetchedAt = clock.now();
    const fact = await readKey(environment);
    if (!fact.known) return;
    const bytes = decodeKey(fact.value);
    // Text that is not base64 decodes to zero bytes, and anyone could sign with such a key.
    if (bytes.length === 0) return;
    const fresh = createSecretKey(bytes);
    if (keys.current?.equals(fresh)) return;
    if (keys.current) keys.previous = { key: keys.current, until: clock.now() + PREVIOUS_GOOD_MS };
    keys.current = fresh;
    learned += 1;
    keys.undecoded = createSecretKey(Buffer.from(fact.value));
    await onKey(environment, fact.value);
  };
  const isDue = ({ fetchedAt }: Keys): boolean => !isYoung(fetchedAt, clock.now(), REFRESH_EVERY_MS);
  const read = (environment: string, keys: Keys): Promise<void> => {
    keys.fetching ??= fetchKey(environment, keys).finally(() => {
      keys.fetching = null;
    });
    return keys.fetching;
  };
  const refresh = (environment: string, keys: Keys): Promise<void> =>
    isDue(keys) ? read(environment, keys) : (keys.fetching ?? Promise.resolve());
  const mayRead = (keys: Keys): boolean => {
    const now = clock.now();
    // After the clock was set back the time since then is not known.
    const gained = now < keys.countedAt ? MAX_READS : (now - keys.countedAt) / REFRESH_EVERY_MS;
    keys.reads = Math.min(MAX_READS, keys.reads + gained);
    keys.countedAt = now;
    if (keys.reads < 1) return false;
    keys.reads -= 1;
    return true;
  };
  const fits = ({ current, previous }: Keys, body: Buffer, signature: string): boolean =>
    (current !== null && verifySignature(current, body, signature)) ||
    (previous !== null &&
      !isOver(previous.until, clock.now(), PREVIOUS_GOOD_MS) &&
      verifySignature(previous.key, body, signature));

  /** Own keys first, then current keys of others. */
  const candidatesFor = (own: string): Candidate[] =>
    (['current', 'undecoded', 'replaced'] as const)
      .flatMap((kind) =>
        [...all].flatMap(([environment, { current, undecoded, previous }]) => {
          const key = { current, undecoded, replaced: previous?.key ?? null }[kind];
          return key ? [{ environment, kind, key }] : [];
        }),
      )
      .sort((left, right) => Number(right.environment === own) - Number(left.environment === own));

  return {
    signerOf: (environment, body, given) => searchSigner(candidatesFor(environment), body, given),
    learn() {
      const due = environments
        .map((environment) => ({ environment, keys: keysOf(environment) }))
        .filter(({ keys }) => keys.fetching !== null || (keys.current === null && isDue(keys)));
      if (due.length === 0 || waiting >= MAX_WAITING) return null;
      waiting += 1;
      return Promise.all(due.map(({ environment, keys }) => refresh(environment, keys)))
        .then(() => {})
        .finally(() => {
          waiting -= 1;
        });
    },
    async verify(environment, body, signature) {
      const keys = keysOf(environment);
      if (fits(keys, body, signature)) return RIGHT;
      const isRight = () => fits(keys, body, signature);
      const signer = () => searchSigner(candidatesFor(environment), body, { signature, olderHeader: false });
      const before = learned;
      const isFirst = keys.current === null;
      const signedWith = isFirst ? 'unknown_key' : signer();
      if (signedWith !== 'unknown_key' && signedWith !== 'not_tried') return { is: 'wrong', signedWith };
      if (waitingBytes + body.length <= MAX_WAITING_BYTES) {
        waitingBytes += body.length;
        try {
          if (isFirst) await within(MAX_FIRST_WAIT_MS, refresh(environment, keys));
          else await within(MAX_WAIT_MS, readAgain(environment, keys, isRight));
        } finally {
          waitingBytes -= body.length;
        }
      }
      if (keys.current === null) return { is: 'no_key' };
      // Hashing a large body again for nothing would cost more than the rest.
      if (learned === before) return { is: 'wrong', signedWith };
      return isRight() ? RIGHT : { is: 'wrong', signedWith: signer() };
    },
  };

  /** Reads the key after the delivery came. A read that is under way may have been answered before the key was changed. */
  async function readAgain(environment: string, keys: Keys, isRight: () => boolean): Promise<void> {
    if (keys.fetching !== null) {
      await keys.fetching;
      if (isRight()) return;
    }
    if (keys.fetching !== null || mayRead(keys)) await read(environment, keys);
  }
}

/** Waits for the work, but no longer than this, ms. The work goes on. */
async function within(ms: number, work: Promise<void>): Promise<void> {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([work, over]).finally(() => clearTimeout(timer));
}
