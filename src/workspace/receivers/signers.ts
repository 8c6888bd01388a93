import type { Environment } from '../../config/config.ts';
import type { Secret } from '../../config/secret.ts';
import { type Unknown, unknown } from '../../spotdraft/fact.ts';
import type { OtherWebhookKey, WorkspaceFacts } from '../facts.ts';
import {
  diagnosticSignings,
  regularSignings,
  type Signing,
  type SigningKey,
  signingKey,
} from './signatures.ts';

export interface KeysRead {
  facts: Pick<WorkspaceFacts, 'webhookKey' | 'otherWebhookKeys'>;
  /** HMAC keys by environment. */
  keys: ReadonlyMap<string, Secret>;
}

/** Signatures for the probes to the receivers of one environment, or the reason why there are none. */
export type Signers =
  | { kind: 'not_sent'; cause: 'same_workspace'; reason: string }
  | { kind: 'no_key'; why: Unknown }
  | {
      kind: 'signers';
      regular: Signing[];
      /** Signatures that find the cause when the receiver refuses the right one. */
      diagnostic: Signing[];
      untried: { environment: string; why: Unknown }[];
      /** Changes when a key of the environments changes. */
      fingerprint: string;
    };

export function signersOf({ name }: Environment, { facts, keys }: KeysRead): Signers {
  const { webhookKey, otherWebhookKeys } = facts;
  if (!webhookKey.known) return { kind: 'no_key', why: webhookKey };
  const keyOf = (environment: string) => signingKey(keys.get(environment)?.reveal() ?? '');
  const own = keyOf(name);
  if (own === null)
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
      cause: 'same_workspace',
      reason: `the credentials open the workspace of ${same.environment}`,
    };
  const others = otherWebhookKeys.map((other) => ({ other, key: keyOf(other.environment) }));
  const read = others.flatMap(({ other, key }) => (key ? [{ environment: other.environment, key }] : []));
  const distinct = read.filter(({ key }, at) => read.findIndex((each) => isSameKey(each.key, key)) === at);
  return {
    kind: 'signers',
    regular: regularSignings(
      own,
      distinct.map(({ key }) => ({
        environments: read.filter((each) => isSameKey(each.key, key)).map(({ environment }) => environment),
        key,
      })),
    ),
    diagnostic: diagnosticSignings(own),
    untried: others.flatMap(({ other, key }) =>
      key ? [] : [{ environment: other.environment, why: whyNotRead(other) }],
    ),
    fingerprint: [webhookKey.value, ...otherWebhookKeys.map(fingerprintOfOther)].join(' '),
  };
}

const isSameKey = (left: SigningKey, right: SigningKey): boolean => left.decoded.equals(right.decoded);

const fingerprintOfOther = ({ fingerprint, lastSeen }: OtherWebhookKey): string | null =>
  fingerprint.known ? fingerprint.value : (lastSeen?.fingerprint ?? null);

const whyNotRead = ({ fingerprint }: OtherWebhookKey): Unknown =>
  fingerprint.known ? unknown('shape', 'it is not base64', fingerprint.sources) : fingerprint;
