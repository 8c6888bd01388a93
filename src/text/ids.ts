import { createHash, randomFillSync } from 'node:crypto';

/** Crockford's base 32 in lower case: no letter that is taken for a digit when an id is read out loud. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

const LENGTH = 26;
const SHARED = 3;
/** Random bytes for the ids of one run: asking for few at a time costs more than what is made of them. */
const pool = Buffer.alloc(SHARED + 256 * (LENGTH - SHARED));
let used = pool.length;
let shared = '';

/**
 * `call_…`: a prefix and 26 random characters. Ids of one run of 256 have the first three of them in common, so that rows
 * written together are neighbours in an index and not each on a page of its own. A prefix of six still leads to as few ids
 * as if all were random, which one of a time-ordered id would not.
 */
export function randomId(prefix: string): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = SHARED;
    shared = characters(pool, 0, SHARED);
  }
  used += LENGTH - SHARED;
  return `${prefix}_${shared}${characters(pool, used - LENGTH + SHARED, used)}`;
}

function characters(bytes: Buffer, from: number, to: number): string {
  let text = '';
  for (let at = from; at < to; at += 1) text += ALPHABET[(bytes[at] ?? 0) % 32];
  return text;
}

/** `evt_…`: the same form from a hash of `parts`, so that equal parts have equal ids. Parts cannot run into each other. */
export function derivedId(prefix: string, ...parts: (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return `${prefix}_${encode(hash.digest())}`;
}

/** 26 characters of 5 bits each; the bits of the digest in groups of five. */
function encode(digest: Buffer): string {
  let [text, bits, waiting] = ['', 0, 0];
  for (const byte of digest) {
    bits = ((bits << 8) | byte) & 0xfff;
    for (waiting += 8; waiting >= 5 && text.length < LENGTH; waiting -= 5)
      text += ALPHABET[(bits >> (waiting - 5)) & 31];
  }
  return text;
}
