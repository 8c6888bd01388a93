import { createHash } from 'node:crypto';
import type { SpotDraftReader } from '../spotdraft/client.ts';
import { type Fact, mapFact } from '../spotdraft/fact.ts';

/**
 * SpotDraft signs all webhooks of a workspace with one key, so its fingerprint tells workspaces apart. The key itself
 * signs deliveries and goes no further than those who verify them.
 */
export const fingerprintOf = (hmacKey: string): string =>
  createHash('sha256').update(hmacKey).digest('hex').slice(0, 12);

export async function readKeyFingerprint(client: SpotDraftReader): Promise<Fact<string>> {
  const fact = await client.read('hmacKey', undefined);
  return mapFact(fact, ({ hmac_key }) => fingerprintOf(hmac_key));
}
