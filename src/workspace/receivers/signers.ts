import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import type { Environment } from '../../config/config.ts';
import type { Secret } from '../../config/secret.ts';
import { type Unknown, unknown } from '../../spotdraft/fact.ts';
import { decodeKey } from '../../spotdraft/webhook-signature.ts';
import type { OtherWebhookKey, WorkspaceFacts } from '../facts.ts';

export interface KeysRead {
  facts: Pick<WorkspaceFacts, 'webhookKey' | 'otherWebhookKeys'>;
  /** HMAC keys by environment. */
  keys: ReadonlyMap<string, Secret>;
}

/** Keys that sign the probes to the receivers of one environment, or the reason why there are none. */
export type Signers =
  | { kind: 'not_sent'; reason: string }
  | { kind: 'no_key'; why: Unknown }
  | {
      kind: 'signers';
      right: KeyObject;
      /** Each key once. `keyOf` null is a random key, when no other environment's key could be read. */
      wrong: { keyOf: string | null; key: KeyObject }[];
      untried: { environment: string; why: Unknown }[];
      /** Changes when a key of the environments changes. */
      fingerprint: string;
    };

export function signersOf({ name }: Environment, { facts, keys }: KeysRead): Signers {
  const { webhookKey, otherWebhookKeys } = facts;
  if (!webhookKey.known) return { kind: 'no_key', why: webhookKey };
  const right = keyObject(keys.get(name));
  if (right === null)
    return {
      kind: 'no_key',
      why: unknown(
        'shape',
        `the HMAC key of ${name} is not base64, so it cannot sign a probe`,
        webhookKey.sources,
      ),
    };
  // The key belongs to another workspace then, and a receiver that refuses it is right.
  const same = otherWebhookKeys.find((other) => fingerprintOfOther(other) === webhookKey.value);
  if (same)
    return {
      kind: 'not_sent',
      reason: `the credentials open the workspace of ${same.environment} (credentials.workspace)`,
    };
  const others = otherWebhookKeys.map((other) => ({ other, key: keyObject(keys.get(other.environment)) }));
  const read = others.flatMap(({ other, key }) => (key ? [{ keyOf: other.environment, key }] : []));
  const distinct = read.filter(({ key }, at) => read.findIndex((each) => each.key.equals(key)) === at);
  return {
    kind: 'signers',
    right,
    wrong: distinct.length > 0 ? distinct : [{ keyOf: null, key: createSecretKey(randomBytes(64)) }],
    untried: others.flatMap(({ other, key }) =>
      key ? [] : [{ environment: other.environment, why: whyNotRead(other) }],
    ),
    fingerprint: [webhookKey.value, ...otherWebhookKeys.map(fingerprintOfOther)].join(' '),
  };
}

const fingerprintOfOther = ({ fingerprint, lastSeen }: OtherWebhookKey): string | null =>
  fingerprint.known ? fingerprint.value : (lastSeen?.fingerprint ?? null);

const whyNotRead = ({ fingerprint }: OtherWebhookKey): Unknown =>
  fingerprint.known ? unknown('shape', 'it is not base64', fingerprint.sources) : fingerprint;

/** null when there is no key or it cannot sign. Text that is not base64 decodes to no bytes. */
function keyObject(hmacKey: Secret | undefined): KeyObject | null {
  const bytes = decodeKey(hmacKey?.reveal() ?? '');
  return bytes.length > 0 ? createSecretKey(bytes) : null;
}
