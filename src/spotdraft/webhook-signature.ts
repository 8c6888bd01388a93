import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';

/** The header that carries the signature of a webhook. */
export const SIGNATURE_HEADER = 'x-sd-webhook-content-hash';

/** A webhook key as SpotDraft gives it is base64; the bytes are what signs. */
export const decodeKey = (hmacKey: string): Buffer => Buffer.from(hmacKey, 'base64');

/** 128 lower-case hex characters: HMAC-SHA512 of exactly the bytes that are sent. */
export const sign = (key: Buffer | KeyObject, body: Buffer): string =>
  createHmac('sha512', key).update(body).digest('hex');

/** Compares in constant time, and as text: an upper-case digest is not what SpotDraft sends. */
export function verifySignature(key: Buffer | KeyObject, body: Buffer, signature: string): boolean {
  const expected = Buffer.from(sign(key, body), 'latin1');
  const given = Buffer.from(signature, 'latin1');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
