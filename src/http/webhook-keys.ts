import { createSecretKey, type KeyObject } from 'node:crypto';
import type { Fact } from '../spotdraft/fact.ts';
import { decodeKey, verifySignature } from '../spotdraft/webhook-signature.ts';
import { isYoung } from '../time/age.ts';
import type { Clock } from '../time/clock.ts';

/** Shortest time between two key reads, so that a flood of bad signatures does not become one of requests to SpotDraft. */
const REFRESH_EVERY_MS = 5_000;
/** Time for which a replaced key stays valid: deliveries signed before a rotation may arrive after it. */
const PREVIOUS_GOOD_MS = 10 * 60_000;

export type SignatureCheck = 'right' | 'wrong' | 'no_key';

export interface WebhookKeys {
  /** `no_key`: the environment's key could not be read yet, so the signature cannot be judged. */
  verify(environment: string, body: Buffer, signature: string): Promise<SignatureCheck>;
}

interface Keys {
  /** Kept as key objects: creating one per delivery would cost more than the signature. */
  current: KeyObject | null;
  previous: { key: KeyObject; until: number } | null;
  fetchedAt: number;
  fetching: Promise<void> | null;
}

/**
 * The HMAC keys of all environments, in memory only. An invalid signature may mean a rotated key, so the key is read again,
 * at most once in 5 s, and the delivery is judged again.
 */
export function createWebhookKeys(
  readKey: (environment: string) => Promise<Fact<string>>,
  clock: Clock,
  /** Called with every new key before it is used. Must not throw. */
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
    // Text that is not base64 decodes to zero bytes, and anyone could sign with such a key.
    if (bytes.length === 0) return;
    const fresh = createSecretKey(bytes);
    if (keys.current?.equals(fresh)) return;
    if (keys.current) keys.previous = { key: keys.current, until: clock.now() + PREVIOUS_GOOD_MS };
    keys.current = fresh;
    await onKey(environment, fact.value);
  };
  const refresh = (environment: string, keys: Keys): Promise<void> => {
    if (!isYoung(keys.fetchedAt, clock.now(), REFRESH_EVERY_MS))
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
