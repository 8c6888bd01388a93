/**
 * Text of others on one line, without what changes how the rest is read: control characters (a terminal obeys them), line
 * separators, and marks that turn the direction of the text around.
 */
export const printable = (text: string): string =>
  text.replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]+/gu, ' ');
