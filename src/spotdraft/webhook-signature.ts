import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';

/** Header with the signature of a webhook. */
export const SIGNATURE_HEADER = 'x-sd-webhook-content-hash';

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
