import { createHash, randomBytes } from 'node:crypto';

/** Crockford's base 32 in lower case: no letter that is taken for a digit when an id is read out loud. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * `call_…`: a prefix and 26 random characters (130 bits). Random from the first character on, so that a prefix of six
 * is enough to find one, which a time-ordered id would not allow.
 */
export const randomId = (prefix: string): string =>
  `${prefix}_${Array.from(randomBytes(26), (byte) => ALPHABET[byte % 32]).join('')}`;

/** `evt_…`: the same form from a hash of `parts`, so that equal parts have equal ids. Parts cannot run into each other. */
export function derivedId(prefix: string, ...parts: (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return `${prefix}_${encode(hash.digest())}`;
}

/** 26 characters of 5 bits each; the bits of the digest in groups of five. */
function encode(digest: Buffer): string {
  let bits = BigInt(`0x${digest.toString('hex').slice(0, 34)}`) >> 6n;
  let text = '';
  for (let index = 0; index < 26; index += 1) {
    text = ALPHABET[Number(bits & 31n)] + text;
    bits >>= 5n;
  }
  return text;
}
