import { domainToUnicode } from 'node:url';

/** Texts are escaped once per system that they pass, so a few rounds are enough. */
const MAX_ROUNDS = 3;

/**
 * The text as a person would read it: percent-encoding, HTML entities, JSON escapes and punycode decoded, full-width and
 * other compatibility forms folded, invisible characters removed. Time grows with the length of the text only.
 */
export function decodedText(text: string): string {
  let decoded = plainForms(text);
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const next = plainForms(punycode(jsonEscapes(htmlEntities(percentEncoding(decoded)))));
    if (next === decoded) break;
    decoded = next;
  }
  return decoded;
}

/** Full-width and other compatibility forms folded, invisible characters (zero width, soft hyphen, byte order mark) removed. */
export const plainForms = (text: string): string => text.normalize('NFKC').replace(/\p{Cf}/gu, '');

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
