import { createHash } from 'node:crypto';
import { Secret } from '../config/secret.ts';
import type { SpotDraftReader } from '../spotdraft/client.ts';
import { type Fact, mapFact } from '../spotdraft/fact.ts';

/**
 * SpotDraft signs all webhooks of a workspace with one key, so its fingerprint tells workspaces apart. The key itself
 * signs deliveries and goes no further than those who verify them.
 */
export const fingerprintOf = (hmacKey: string): string =>
  createHash('sha256').update(hmacKey).digest('hex').slice(0, 12);

/** `told` gets the key itself: whoever signs with it keeps it in memory, and no longer than that takes. */
export async function readKeyFingerprint(
  client: SpotDraftReader,
  told: (hmacKey: Secret) => void,
): Promise<Fact<string>> {
  const fact = await client.read('hmacKey', undefined);
  return mapFact(fact, ({ hmac_key }) => {
    told(new Secret(hmac_key));
    return fingerprintOf(hmac_key);
  });
}
