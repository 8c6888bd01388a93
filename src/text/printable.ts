/**
 * Puts foreign text on one line without control characters (which a terminal obeys), line separators and marks that change
 * the direction of the text.
 */
export const printable = (text: string): string =>
  text.replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]+/gu, ' ');
