import { domainToUnicode } from 'node:url';

/** Texts are escaped once per system that they pass, so a few rounds are enough. */
const MAX_ROUNDS = 3;

/**
 * The text as a person would read it: percent-encoding, HTML entities, JSON escapes and punycode decoded, full-width and
 * other compatibility forms folded by `forms`, invisible characters removed. Time and length grow with the length of the text only.
 */
export function decodedText(text: string, forms = plainForms): string {
  let decoded = forms(text);
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const next = forms(punycode(jsonEscapes(htmlEntities(percentEncoding(decoded)))));
    if (next === decoded) break;
    decoded = next;
  }
  return decoded;
}

/** Ligatures of whole phrases, which folding makes up to 18 times as long. */
const PHRASES = /([\ufdfa\ufdfb]+)/;

/** Full-width and other compatibility forms folded, invisible characters (zero width, soft hyphen, byte order mark) removed. */
export const plainForms = (text: string): string => foldedExcept(text, PHRASES).replace(/\p{Cf}/gu, '');

/** Signs beside an id, such as a tick, a trademark sign or the number of a footnote: folded they would be letters and digits of it. */
const SIGNS = /([\p{So}\p{No}\u00aa\u00ba\ufdfa\ufdfb]+)/u;

/** The same for ids: signs are not folded, digits of every script are 0 to 9, codes of terminal colours and emoji styles removed. */
export const idForms = (text: string): string =>
  foldedExcept(text.replace(ANSI, ' '), SIGNS)
    .replace(/(?![0-9])\p{Nd}/gu, digitOf)
    .replace(/\p{Cf}|\p{Me}|\p{Variation_Selector}/gu, '');

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals write this character.
const ANSI = /\u001b\[[\d;]{0,20}[A-Za-z]/g;

/** `kept` has one group, so that every second part is one that is kept. */
const foldedExcept = (text: string, kept: RegExp): string =>
  text
    .split(kept)
    .map((part, index) => (index % 2 === 0 ? part.normalize('NFKC') : part))
    .join('');

/** Unicode encodes the digits of a script in a row from 0 to 9. */
function digitOf(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let zero = code;
  while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return String((code - zero) % 10);
}

const percentEncoding = (text: string): string =>
  text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => {
    try {
      return decodeURIComponent(run);
    } catch {
      // Some bytes have another encoding; the ASCII ones are still readable.
      return run.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => {
        const byte = Number.parseInt(hex, 16);
        return byte < 0x80 ? String.fromCharCode(byte) : '\ufffd';
      });
    }
  });

const namedEntities: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  shy: '',
  hyphen: '-',
  dash: '-',
  ndash: '-',
  lowbar: '_',
  period: '.',
  sol: '/',
  colon: ':',
  commat: '@',
};

const htmlEntities = (text: string): string =>
  text.replace(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]{2,8}));?/gi,
    (whole, hex?: string, decimal?: string, name?: string) => {
      if (name !== undefined) return namedEntities[name.toLowerCase()] ?? whole;
      return character(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)) ?? whole;
    },
  );

const jsonEscapes = (text: string): string =>
  text.replace(
    /\\(?:u([0-9a-f]{4})|u\{([0-9a-f]{1,6})\}|x([0-9a-f]{2})|([nrtbf]))/gi,
    (whole, unit?: string, point?: string, byte?: string, blank?: string) => {
      if (blank !== undefined) return ' ';
      if (unit !== undefined) return String.fromCharCode(Number.parseInt(unit, 16));
      return character(Number.parseInt(point ?? byte ?? '', 16)) ?? whole;
    },
  );

const punycode = (text: string): string =>
  text.replace(/xn--[a-z0-9-]{1,59}/gi, (label) => domainToUnicode(label) || label);

const character = (point: number): string | null => (point <= 0x10_ffff ? String.fromCodePoint(point) : null);
