import { randomBytes } from 'node:crypto';

/** Crockford's base 32 in lower case: no letter that is taken for a digit when an id is read out loud. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * `call_…`: a prefix and 26 random characters (130 bits). Random from the first character on, so that a prefix of six
 * is enough to find one, which a time-ordered id would not allow.
 */
export const randomId = (prefix: string): string =>
  `${prefix}_${Array.from(randomBytes(26), (byte) => ALPHABET[byte % 32]).join('')}`;
