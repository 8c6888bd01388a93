import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { decodeKey, SIGNATURE_HEADER, sign } from '../../spotdraft/webhook-signature.ts';
import type { ProbeSignature } from './probe-result.ts';

/** Signature header of an older document of SpotDraft. Receivers written after it still exist. */
const OLDER_HEADER = 'x-sd-content-hash';

/** A way to sign the body of a probe. */
export interface Signing {
  signature: ProbeSignature;
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

const signing = (
  signature: ProbeSignature,
  key: KeyObject,
  change: (body: Buffer) => Buffer = (body) => body,
  header = SIGNATURE_HEADER,
): Signing => ({ signature, headers: (body) => ({ [header]: sign(key, change(body)) }) });

/**
 * Signatures that every series tries, in this order: the right one, then those that show most with fewest probes. `others`
 * are the keys of the other environments, each once.
 */
export const regularSignings = (
  { decoded, undecoded }: SigningKey,
  others: readonly { environments: string[]; key: SigningKey }[],
): Signing[] => [
  signing({ kind: 'own_key' }, decoded),
  { signature: { kind: 'missing' }, headers: () => ({}) },
  signing({ kind: 'random_key' }, createSecretKey(randomBytes(64))),
  ...others.map(({ environments, key }) => signing({ kind: 'other_key', environments }, key.decoded)),
  signing({ kind: 'reserialised' }, decoded, reserialised(compact)),
  signing({ kind: 'undecoded_key' }, undecoded),
];

/** Further signatures, for the cause when the right one is refused. Receivers in other languages serialise in other ways. */
export const diagnosticSignings = ({ decoded, undecoded }: SigningKey): Signing[] => [
  signing({ kind: 'older_header' }, undecoded, undefined, OLDER_HEADER),
  signing({ kind: 'older_header' }, decoded, undefined, OLDER_HEADER),
  signing({ kind: 'reserialised' }, decoded, reserialised(spaced, ascii)),
  signing({ kind: 'reserialised' }, decoded, reserialised(compact, ascii)),
];

const reserialised =
  (serialise: (value: unknown) => string, encode: (json: string) => string = (json) => json) =>
  (body: Buffer): Buffer =>
    Buffer.from(encode(serialise(JSON.parse(body.toString()))));

/** As JavaScript, Java and Go write it. */
const compact = (value: unknown): string => JSON.stringify(value);

/** As Python writes it: a blank after each comma and colon. */
const spaced = (value: unknown): string =>
  JSON.stringify(value, null, 1).replaceAll(/,\n */g, ', ').replaceAll(/\n */g, '');

/** Escapes everything beyond ASCII, as Python and PHP do. */
const ascii = (json: string): string =>
  json.replaceAll(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
