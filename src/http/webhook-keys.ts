import { createSecretKey, type KeyObject } from 'node:crypto';
import type { Fact } from '../spotdraft/fact.ts';
import { decodeKey, verifySignature } from '../spotdraft/webhook-signature.ts';
import type { Clock } from '../time/clock.ts';

/** A badly signed flood must not become a flood of requests to SpotDraft. */
const REFRESH_EVERY_MS = 5_000;
/** Deliveries that were signed before a rotation may arrive after it. */
const PREVIOUS_GOOD_MS = 10 * 60_000;

export type SignatureCheck = 'right' | 'wrong' | 'no_key';

export interface WebhookKeys {
  /** `no_key`: the key of this environment could not be read yet, so nothing can be said. */
  verify(environment: string, body: Buffer, signature: string): Promise<SignatureCheck>;
}

interface Keys {
  /** Key objects: made of bytes for each delivery anew, they would cost more than the signature. */
  current: KeyObject | null;
  previous: { key: KeyObject; until: number } | null;
  fetchedAt: number;
  fetching: Promise<void> | null;
}

/**
 * The HMAC keys of all environments, in memory only. A signature that does not fit may mean that the key was rotated: it is
 * then fetched anew, at most once in 5 s, and the delivery judged again.
 */
export function createWebhookKeys(
  readKey: (environment: string) => Promise<Fact<string>>,
  clock: Clock,
  /** Told of every key that is from now on verified with. Must not throw. */
  onKey: (environment: string, hmacKey: string) => Promise<void>,
): WebhookKeys {
  const all = new Map<string, Keys>();
  const keysOf = (environment: string): Keys => {
    const keys = all.get(environment) ?? {
      current: null,
      previous: null,
      fetchedAt: Number.NEGATIVE_INFINITY,
      fetching: null,
    };
    all.set(environment, keys);
    return keys;
  };
  const fetchKey = async (environment: string, keys: Keys): Promise<void> => {
    keys.fetchedAt = clock.now();
    const fact = await readKey(environment);
    if (!fact.known) return;
    const bytes = decodeKey(fact.value);
    // Anyone could sign with a key of no bytes, which is what text that is no base64 decodes to.
    if (bytes.length === 0) return;
    const fresh = createSecretKey(bytes);
    if (keys.current?.equals(fresh)) return;
    if (keys.current) keys.previous = { key: keys.current, until: clock.now() + PREVIOUS_GOOD_MS };
    keys.current = fresh;
    await onKey(environment, fact.value);
  };
  const refresh = (environment: string, keys: Keys): Promise<void> => {
    if (clock.now() - keys.fetchedAt >= REFRESH_EVERY_MS)
      keys.fetching ??= fetchKey(environment, keys).finally(() => {
        keys.fetching = null;
      });
    return keys.fetching ?? Promise.resolve();
  };
  const fits = ({ current, previous }: Keys, body: Buffer, signature: string): boolean =>
    (current !== null && verifySignature(current, body, signature)) ||
    (previous !== null && clock.now() < previous.until && verifySignature(previous.key, body, signature));

  return {
    async verify(environment, body, signature) {
      const keys = keysOf(environment);
      if (fits(keys, body, signature)) return 'right';
      await refresh(environment, keys);
      if (keys.current === null) return 'no_key';
      return fits(keys, body, signature) ? 'right' : 'wrong';
    },
  };
}
