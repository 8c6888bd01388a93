import { createHash } from 'node:crypto';
import { Secret } from '../config/secret.ts';
import type { SpotDraftReader } from '../spotdraft/client.ts';
import { type Fact, mapFact } from '../spotdraft/fact.ts';

/**
 * Fingerprint of an HMAC key. SpotDraft signs all webhooks of a workspace with one key, so the fingerprint tells workspaces
 * apart. The key itself goes only to the code that verifies or signs with it.
 */
export const fingerprintOf = (hmacKey: string): string =>
  createHash('sha256').update(hmacKey).digest('hex').slice(0, 12);

/** Reads the key and returns its fingerprint. `onKey` receives the key itself, to sign with it; it is never stored. */
export async function readKeyFingerprint(
  client: SpotDraftReader,
  onKey: (hmacKey: Secret) => void,
): Promise<Fact<string>> {
  const fact = await client.read('hmacKey', undefined);
  return mapFact(fact, ({ hmac_key }) => {
    onKey(new Secret(hmac_key));
    return fingerprintOf(hmac_key);
  });
}
