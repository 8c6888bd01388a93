import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';

/** Header with the signature of a webhook. */
export const SIGNATURE_HEADER = 'x-sd-webhook-content-hash';

/** Header of an older version of the API, in which the key was used without decoding it. Some senders still use it. */
export const OLDER_SIGNATURE_HEADER = 'x-sd-content-hash';

/** Decodes SpotDraft's base64 key; its bytes are the signing key. */
export const decodeKey = (hmacKey: string): Buffer => Buffer.from(hmacKey, 'base64');

/** HMAC-SHA512 of exactly the bytes sent: 128 lower-case hex characters. */
export const sign = (key: Buffer | KeyObject, body: Buffer): string =>
  createHmac('sha512', key).update(body).digest('hex');

/** Compares in constant time, as text: SpotDraft never sends an upper-case digest. */
export function verifySignature(key: Buffer | KeyObject, body: Buffer, signature: string): boolean {
  const expected = Buffer.from(sign(key, body), 'latin1');
  const given = Buffer.from(signature, 'latin1');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** The digest that a signature holds, in whatever form it is written; null when it holds none of the right length. */
export function digestOf(signature: string): { digest: Buffer; otherForm: boolean } | null {
  const text = signature.trim().replace(/^sha512=/i, '');
  if (/^[0-9a-f]{128}$/i.test(text))
    return { digest: Buffer.from(text, 'hex'), otherForm: !/^[0-9a-f]{128}$/.test(signature) };
  const digest = /^[\w+/-]{86}(?:==)?$/.test(text) ? Buffer.from(text, 'base64') : null;
  return digest?.length === 64 ? { digest, otherForm: true } : null;
}

/** Compares in constant time. `digest`: 64 bytes. */
export const fitsDigest = (key: KeyObject, body: Buffer, digest: Buffer): boolean =>
  timingSafeEqual(createHmac('sha512', key).update(body).digest(), digest);
