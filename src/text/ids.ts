import { createHash, randomFillSync } from 'node:crypto';

/** Crockford's base 32 in lower case, without letters that look or sound like digits. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

const LENGTH = 26;
const SHARED = 3;
/** Random bytes for the ids of one run: requesting few bytes at a time costs more than building the ids. */
const pool = Buffer.alloc(SHARED + 256 * (LENGTH - SHARED));
let used = pool.length;
let shared = '';

/**
 * `call_…`: a prefix and 26 random characters. The 256 ids of one run share their first three characters, so that rows
 * written together are neighbours in an index instead of each on a separate page. Six characters still match as few ids as
 * if all were random, which those of a time-ordered id would not.
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

/** `evt_…`: an id from a hash of `parts`; equal parts give equal ids. Lengths are hashed too, so parts cannot merge. */
export function derivedId(prefix: string, ...parts: (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return `${prefix}_${encode(hash.digest())}`;
}

/** True for an e-mail address; a role may hold an @ too, as in `Sales @ EMEA`. */
export const isAddress = (text: string): boolean => /^[^\s@]+@[^\s@]+$/.test(text);

/** `usr_…`: a hash of an address, salted by an event's id. It tells whether the event names a given address, and no more. */
export const addressMark = (eventId: string, address: string): string =>
  derivedId('usr', eventId, address.trim().toLowerCase());

/** Encodes the first 130 bits of the digest as 26 characters of 5 bits. */
function encode(digest: Buffer): string {
  let [text, bits, waiting] = ['', 0, 0];
  for (const byte of digest) {
    bits = ((bits << 8) | byte) & 0xfff;
    for (waiting += 8; waiting >= 5 && text.length < LENGTH; waiting -= 5)
      text += ALPHABET[(bits >> (waiting - 5)) & 31];
  }
  return text;
}

/** The kinds of ids under which an event is found. `named …`: the event names it in this field and is about something else. */
export type IdentifierKind =
  | 'event'
  | 'contract'
  | 'reference'
  | 'external'
  | 'time'
  | 'counterparty'
  | 'entity'
  | 'template'
  | `named ${string}`;
