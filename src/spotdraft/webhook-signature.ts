import { createHash, createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';

/** Header with the signature of a webhook. */
export const SIGNATURE_HEADER = 'x-sd-webhook-content-hash';

/** Header of an older version of the API, in which the key was used without decoding it. Some senders still use it. */
export const OLDER_SIGNATURE_HEADER = 'x-sd-content-hash';

/** Decodes SpotDraft's base64 key; its bytes are the signing key. */
export const decodeKey = (hmacKey: string): Buffer => Buffer.from(hmacKey, 'base64');

/** HMAC-SHA512 of exactly the bytes sent: 128 lower-case hex characters. */
export const sign = (key: Buffer | KeyObject, body: Buffer): string =>
  createHmac('sha512', key).update(body).digest('hex');

/** True for the only form in which a signature can be right. */
export const isWellFormed = (signature: string): boolean => /^[0-9a-f]{128}$/.test(signature);

/** Compares in constant time, as text: SpotDraft never sends an upper-case digest. */
export function verifySignature(key: Buffer | KeyObject, body: Buffer, signature: string): boolean {
  const expected = Buffer.from(sign(key, body), 'latin1');
  const given = Buffer.from(signature, 'latin1');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** Hash functions by the length of their digests, bytes. */
const algorithms = { 64: 'sha512', 48: 'sha384', 32: 'sha256', 20: 'sha1', 16: 'md5' } as const;
export type Algorithm = (typeof algorithms)[keyof typeof algorithms];

/** A digest that a signature may hold. `otherForm`: the right digest, but not as 128 lower-case hexadecimal characters. */
export interface GivenDigest {
  digest: Buffer;
  algorithm: Algorithm;
  otherForm: boolean;
}

/** Names of algorithms and versions in front of a digest: `sha256=`, `HMAC-SHA512:`, `t=1764547200,v1=`. */
const LABEL = /^(?:t=\d+,)?(?:(?:hmac[-_]?)?(?:sha-?)?(?:512|384|256|1)|(?:hmac[-_]?)?md5|v\d)[=: ]/i;

const withoutLabel = (signature: string): string =>
  signature
    .trim()
    .replace(/^["']|["']$/g, '')
    .replace(LABEL, '')
    .trim();

/** The digest that a signature holds, in whatever form it is written; null when it holds none of a known length. */
export function digestOf(signature: string): GivenDigest | null {
  const text = withoutLabel(signature);
  const isHex = /^(?:[0-9a-f]{2})+$/i.test(text);
  const digest = isHex
    ? Buffer.from(text, 'hex')
    : /^[\w+/-]+={0,2}$/.test(text)
      ? Buffer.from(text, 'base64')
      : Buffer.alloc(0);
  const algorithm = algorithmOf(digest.length);
  if (algorithm === null) return null;
  return { digest, algorithm, otherForm: algorithm === 'sha512' && !isWellFormed(signature) };
}

const algorithmOf = (bytes: number): Algorithm | null =>
  bytes in algorithms ? algorithms[bytes as keyof typeof algorithms] : null;

/** Fewer characters prove nothing. */
const MIN_PART = 32;

/** A signature of another length than a digest, as a part of one or with something behind it; null when it can be neither. */
export function partOf(signature: string): { hex: string; fault: 'cut' | 'longer' } | null {
  const [hex = ''] = /^[0-9a-f]+/i.exec(withoutLabel(signature)) ?? [];
  if (hex.length < MIN_PART || (hex.length === 128 && hex.length === withoutLabel(signature).length))
    return null;
  return { hex: hex.slice(0, 128).toLowerCase(), fault: hex.length < 128 ? 'cut' : 'longer' };
}

/** Compares in constant time. */
export const fitsDigest = (
  key: KeyObject,
  body: Buffer,
  { digest, algorithm }: Pick<GivenDigest, 'digest' | 'algorithm'>,
): boolean => timingSafeEqual(createHmac(algorithm, key).update(body).digest(), digest);

/** True for a hash of the body that was made without a key. */
export const isUnkeyed = (body: Buffer, { digest, algorithm }: GivenDigest): boolean =>
  createHash(algorithm).update(body).digest().equals(digest);

/** Compares the first characters of the right signature in constant time. `hex`: lower case, at most 128 characters. */
export const beginsWith = (key: KeyObject, body: Buffer, hex: string): boolean =>
  timingSafeEqual(Buffer.from(sign(key, body).slice(0, hex.length), 'latin1'), Buffer.from(hex, 'latin1'));

/** The form of a signature that is none: "127 characters, hexadecimal". */
export const formOf = (signature: string): string =>
  `${signature.length} characters, ${/^[0-9a-f]*$/i.test(signature) ? 'hexadecimal' : 'not hexadecimal'}, instead of 128`;
