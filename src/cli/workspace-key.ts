import type { Environment } from '../config/config.ts';
import type { Core } from '../core.ts';
import { decodeKey } from '../spotdraft/webhook-signature.ts';
import { environmentLabel } from '../text/environment-label.ts';
import type { Terminal } from './terminal.ts';

/** Reads the key that signs a workspace's webhooks. It is stored nowhere. null when reading failed, after printing why. */
export async function readWorkspaceKey(
  core: Core,
  environment: Environment,
  terminal: Terminal,
): Promise<Buffer | null> {
  const fact = await core.clients.of(environment.name).read('hmacKey', undefined);
  if (fact.known) return decodeKey(fact.value.hmac_key);
  terminal.err(
    `envcheck: the webhook key of ${environmentLabel(environment)} could not be read. ${fact.reason}\n`,
  );
  return null;
}
