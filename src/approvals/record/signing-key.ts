import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import type { Secret } from '../../config/secret.ts';

/** Bytes before the 32 bytes of an Ed25519 public key in SPKI (RFC 8410). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

export interface SigningKey {
  sign(bytes: Buffer): Buffer;
  /** 32 bytes. */
  publicKey: Buffer;
}

/** Returns null when the secret is not an Ed25519 private key in base64 of PKCS #8. */
export function readSigningKey(secret: Secret): SigningKey | null {
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: Buffer.from(secret.reveal(), 'base64'), format: 'der', type: 'pkcs8' });
  } catch {
    // The error's message could quote the secret.
    return null;
  }
  if (key.asymmetricKeyType !== 'ed25519') return null;
  return { sign: (bytes) => sign(null, bytes, key), publicKey: rawPublicKey(createPublicKey(key)) };
}

/** Creates a key: the secret on one line, and its public half. */
export function newSigningKey(): { secret: string; publicKey: Buffer } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    secret: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
    publicKey: rawPublicKey(publicKey),
  };
}

const rawPublicKey = (key: KeyObject): Buffer =>
  key.export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX.length);

/** "SHA256:" and 64 hex digits: short enough to compare by eye and to put into a pipeline. */
export const fingerprintOf = (publicKey: Buffer): string =>
  `SHA256:${createHash('sha256').update(publicKey).digest('hex')}`;

export const isSignedBy = (publicKey: Buffer, bytes: Buffer, signature: Buffer): boolean =>
  verify(
    null,
    bytes,
    createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' }),
    signature,
  );
