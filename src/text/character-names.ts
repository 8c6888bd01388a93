/**
 * Unicode names of characters that people cannot see or cannot tell from another one. JavaScript has no table of names, so the
 * frequent ones are listed and the regular ones are built; any other character has its code and its script.
 */
const listed: Record<string, string> = {
  '\u0009': 'TAB',
  '\u000a': 'LINE FEED',
  '\u000d': 'CARRIAGE RETURN',
  '\u0020': 'SPACE',
  '\u00a0': 'NO-BREAK SPACE',
  '\u00ad': 'SOFT HYPHEN',
  '\u0131': 'LATIN SMALL LETTER DOTLESS I',
  '\u034f': 'COMBINING GRAPHEME JOINER',
  '\u061c': 'ARABIC LETTER MARK',
  '\u1680': 'OGHAM SPACE MARK',
  '\u180e': 'MONGOLIAN VOWEL SEPARATOR',
  '\u2000': 'EN QUAD',
  '\u2001': 'EM QUAD',
  '\u2002': 'EN SPACE',
  '\u2003': 'EM SPACE',
  '\u2004': 'THREE-PER-EM SPACE',
  '\u2005': 'FOUR-PER-EM SPACE',
  '\u2006': 'SIX-PER-EM SPACE',
  '\u2007': 'FIGURE SPACE',
  '\u2008': 'PUNCTUATION SPACE',
  '\u2009': 'THIN SPACE',
  '\u200a': 'HAIR SPACE',
  '\u200b': 'ZERO WIDTH SPACE',
  '\u200c': 'ZERO WIDTH NON-JOINER',
  '\u200d': 'ZERO WIDTH JOINER',
  '\u200e': 'LEFT-TO-RIGHT MARK',
  '\u200f': 'RIGHT-TO-LEFT MARK',
  '\u2010': 'HYPHEN',
  '\u2011': 'NON-BREAKING HYPHEN',
  '\u2012': 'FIGURE DASH',
  '\u2013': 'EN DASH',
  '\u2014': 'EM DASH',
  '\u2015': 'HORIZONTAL BAR',
  '\u2018': 'LEFT SINGLE QUOTATION MARK',
  '\u2019': 'RIGHT SINGLE QUOTATION MARK',
  '\u201c': 'LEFT DOUBLE QUOTATION MARK',
  '\u201d': 'RIGHT DOUBLE QUOTATION MARK',
  '\u2028': 'LINE SEPARATOR',
  '\u2029': 'PARAGRAPH SEPARATOR',
  '\u202a': 'LEFT-TO-RIGHT EMBEDDING',
  '\u202b': 'RIGHT-TO-LEFT EMBEDDING',
  '\u202c': 'POP DIRECTIONAL FORMATTING',
  '\u202d': 'LEFT-TO-RIGHT OVERRIDE',
  '\u202e': 'RIGHT-TO-LEFT OVERRIDE',
  '\u202f': 'NARROW NO-BREAK SPACE',
  '\u205f': 'MEDIUM MATHEMATICAL SPACE',
  '\u2060': 'WORD JOINER',
  '\u2066': 'LEFT-TO-RIGHT ISOLATE',
  '\u2067': 'RIGHT-TO-LEFT ISOLATE',
  '\u2068': 'FIRST STRONG ISOLATE',
  '\u2069': 'POP DIRECTIONAL ISOLATE',
  '\u2212': 'MINUS SIGN',
  '\u2800': 'BRAILLE PATTERN BLANK',
  '\u3000': 'IDEOGRAPHIC SPACE',
  '\u3164': 'HANGUL FILLER',
  '\ufeff': 'ZERO WIDTH NO-BREAK SPACE',
};

/** Marks above and below letters by their code, without COMBINING. */
const marks: Record<string, string> = {
  '\u0300': 'GRAVE ACCENT',
  '\u0301': 'ACUTE ACCENT',
  '\u0302': 'CIRCUMFLEX ACCENT',
  '\u0303': 'TILDE',
  '\u0304': 'MACRON',
  '\u0306': 'BREVE',
  '\u0307': 'DOT ABOVE',
  '\u0308': 'DIAERESIS',
  '\u030a': 'RING ABOVE',
  '\u030b': 'DOUBLE ACUTE ACCENT',
  '\u030c': 'CARON',
  '\u0323': 'DOT BELOW',
  '\u0327': 'CEDILLA',
  '\u0328': 'OGONEK',
};

/** Capital letters of other scripts that look like a Latin one: `<letter><Latin letter> <name in its script>`. */
const letters: Record<string, string> = {
  CYRILLIC:
    'АA A|ВB VE|СC ES|ЕE IE|НH EN|ІI BYELORUSSIAN-UKRAINIAN I|ЈJ JE|КK KA|МM EM|ОO O|РP ER|ЅS DZE|ТT TE|УY U|ХX HA|ҮY STRAIGHT U|ҺH SHHA|ԀD KOMI DE|ԚQ QA|ԜW WE',
  GREEK:
    'ΑA ALPHA|ΒB BETA|ΕE EPSILON|ΖZ ZETA|ΗH ETA|ΙI IOTA|ΚK KAPPA|ΜM MU|ΝN NU|ΟO OMICRON|ΡP RHO|ΤT TAU|ΥY UPSILON|ΧX CHI',
  ARMENIAN: 'ՕO OH|ՏS TIWN|ՍU SEH',
};
/** Small letters that do not look like their Latin capital's small form. */
const unlikeSmall = 'внмтүβεζηικμτυχտս';

const lookalikes = new Map<string, { latin: string; name: string }>();
for (const [script, list] of Object.entries(letters))
  for (const entry of list.split('|')) {
    const [letter = '', latin = ''] = entry;
    const name = entry.slice(3);
    lookalikes.set(letter, { latin, name: `${script} CAPITAL LETTER ${name}` });
    const small = letter.toLowerCase();
    if (!unlikeSmall.includes(small))
      lookalikes.set(small, { latin: latin.toLowerCase(), name: `${script} SMALL LETTER ${name}` });
  }
const alike: Record<string, string> = { '\u0131': 'i', '\u2800': ' ' };

/** The Latin letter that looks the same; null when there is none. */
export const latinLookalike = (character: string): string | null =>
  lookalikes.get(character)?.latin ?? alike[character] ?? null;

const digits = ['ZERO', 'ONE', 'TWO', 'THREE', 'FOUR', 'FIVE', 'SIX', 'SEVEN', 'EIGHT', 'NINE'];

/** "U+00A0 NO-BREAK SPACE": the code and the name of one character. */
export function characterName(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  const name = nameOf(character);
  return name === null ? `U+${code}` : `U+${code} ${name}`;
}

function nameOf(character: string): string | null {
  const known = listed[character] ?? lookalikes.get(character)?.name;
  if (known !== undefined) return known;
  const mark = marks[character];
  if (mark !== undefined) return `COMBINING ${mark}`;
  const [base = '', accent = ''] = character.normalize('NFD');
  const above = marks[accent];
  if (/^[A-Za-z]$/.test(base) && above !== undefined)
    return `LATIN ${caseOf(base)} LETTER ${base.toUpperCase()} WITH ${above.replace(' ACCENT', '')}`;
  const plain = character.normalize('NFKC');
  if (/^[\uff01-\uff5e]$/.test(character)) return `FULLWIDTH ${asciiName(plain)}`;
  if (/^[\x21-\x7e]$/.test(plain) && plain !== character) return `A VARIANT OF ${plain}`;
  const script = scripts.find((each) => new RegExp(`\\p{Script=${each}}`, 'u').test(character));
  if (script !== undefined) return `A ${script.toUpperCase()} CHARACTER`;
  return /\p{Default_Ignorable_Code_Point}|\p{Cc}/u.test(character) ? 'AN INVISIBLE CHARACTER' : null;
}

const scripts = [
  'Cyrillic',
  'Greek',
  'Armenian',
  'Cherokee',
  'Hebrew',
  'Arabic',
  'Georgian',
  'Coptic',
  'Han',
];

const caseOf = (letter: string): string => (letter === letter.toUpperCase() ? 'CAPITAL' : 'SMALL');

function asciiName(plain: string): string {
  if (/[A-Za-z]/.test(plain)) return `LATIN ${caseOf(plain)} LETTER ${plain.toUpperCase()}`;
  return /\d/.test(plain) ? `DIGIT ${digits[Number(plain)]}` : plain;
}
