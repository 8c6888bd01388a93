import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { decodeKey, SIGNATURE_HEADER, sign } from '../../spotdraft/webhook-signature.ts';
import type { Layout } from './probe.ts';
import type { ProbeSignature } from './probe-result.ts';

/** Signature header of an older document of SpotDraft. Receivers written after it still exist. */
const OLDER_HEADER = 'x-sd-content-hash';

/** A way to write and sign a probe. */
export interface Signing {
  signature: ProbeSignature;
  layout: Layout;
  /** The headers that carry the signature. */
  headers(body: Buffer): Record<string, string>;
}

/** A webhook key. */
export interface SigningKey {
  decoded: KeyObject;
  /** The key's base64 text, taken as bytes. */
  undecoded: KeyObject;
}

/** null when the text cannot sign. Text that is not base64 decodes to no bytes. */
export function signingKey(text: string): SigningKey | null {
  const bytes = decodeKey(text);
  if (bytes.length === 0) return null;
  return { decoded: createSecretKey(bytes), undecoded: createSecretKey(Buffer.from(text)) };
}

interface Form {
  layout: Layout;
  header: string;
  /** Returns the bytes to sign for a body. */
  change: (body: Buffer) => Buffer;
}

const documented: Form = { layout: 'irregular', header: SIGNATURE_HEADER, change: (body) => body };

function signing(signature: ProbeSignature, key: KeyObject, form: Partial<Form> = {}): Signing {
  const { layout, header, change } = { ...documented, ...form };
  return { signature, layout, headers: (body) => ({ [header]: sign(key, change(body)) }) };
}

const reserialised = (body: Buffer): Buffer => Buffer.from(JSON.stringify(JSON.parse(body.toString())));

/**
 * Signatures that every series tries, in this order: the right one, then those that show most with fewest probes. `others`
 * are the keys of the other environments, each once.
 */
export const regularSignings = (
  { decoded, undecoded }: SigningKey,
  others: readonly { environments: string[]; key: SigningKey }[],
): Signing[] => [
  signing({ kind: 'own_key' }, decoded),
  { signature: { kind: 'missing' }, layout: 'irregular', headers: () => ({}) },
  signing({ kind: 'random_key' }, createSecretKey(randomBytes(64))),
  ...others.map(({ environments, key }) => signing({ kind: 'other_key', environments }, key.decoded)),
  signing({ kind: 'reserialised' }, decoded, { change: reserialised }),
  signing({ kind: 'undecoded_key' }, undecoded),
];

/**
 * Further signatures, for the cause when the right one is refused. Their bodies are plain, because a receiver that uses the
 * wrong key or header often hashes parsed JSON as well.
 */
export const diagnosticSignings = ({ decoded, undecoded }: SigningKey): Signing[] => [
  signing({ kind: 'plain_body' }, decoded, { layout: 'compact' }),
  signing({ kind: 'undecoded_key' }, undecoded, { layout: 'compact' }),
  signing({ kind: 'older_header' }, undecoded, { layout: 'compact', header: OLDER_HEADER }),
  signing({ kind: 'older_header' }, decoded, { layout: 'compact', header: OLDER_HEADER }),
  signing({ kind: 'plain_body' }, decoded, { layout: 'spaced' }),
  signing({ kind: 'undecoded_key' }, undecoded, { layout: 'spaced' }),
];
