import { contractLinkIn, readContractId } from '../../spotdraft/contract-id.ts';
import { decodedText, idForms } from '../../text/decoded-text.ts';

/** Longest word, characters; a longer run is several. From LONG on the signs of a link's query end a word too, so that no id is cut. */
const MAX_WORD = 2_000;
const LONG = 1_000;
const ENDS_LONG = new Set('?&=#');
/** Characters that end a word: blanks, brackets, quotes, and Slack's separator in links. */
const ENDS_WORD = new Set(' \t\n\v\f\r\u0085\u2028\u2029,;()[]{}<>"\'`´“”‘’„‚«»‹›|\\、。「」');
/** Marks around a word: emphasis, sentence ends, label signs, bullets, arrows, ticks, numbers of footnotes. */
const MARK =
  /[*_~#:=./?!@&+\-•·\p{So}\p{No}\p{Cc}\u00aa\u00ba\u2190-\u21ff\u27f0-\u27ff]|\p{Emoji_Modifier}/u;
const HYPHENS = /[\u2010-\u2015\u2212]/g;
/** A number in groups of three digits: `90 001`, `T-90,001`, `90'001`, `90_001`. A blank may also be between two numbers. */
const GROUPED = /(?<![\w.,-])(?:[TH]-)?\d{1,3}(?:([ ,'’_])\d{3})(?:\1\d{3}){0,3}(?![\w-]|[.,]\d)/gi;
/** Stands between the groups of one number. Plain characters do not have it. */
const GROUP = '\u2007';
const BETWEEN_PARTS = /[/=#?&\p{So}\p{No}\u00aa\u00ba\u2190-\u21ff]|:(?!\d)|(?<!\d):/u;
/** `NDA_T-720363_final.docx` */
const IN_FILE_NAME = /(?<=[_.])[TH]-\d{1,15}(?![A-Z\d-])|(?<![A-Z\d-])[TH]-\d{1,15}(?=[_.])/gi;
/** `74050_Order_Form.pdf`, `NDA-74050-signed.pdf`: the number is an id if the log knows it. */
const FILE = /\.(?:pdf|docx?|rtf|odt|xlsx?|csv|txt|eml|msg|html?|zip)$/i;
const NUMBER_IN_FILE_NAME = /(?<![^_ .-])(?:[TH]-)?\d{4,15}(?=[_.-])/gi;
/** `74050-1`, `T-74050_v2`, `T-74050-final`: the number before a version is an id if the log knows it. */
const BEFORE_VERSION = /^(?:[TH]-)?\d{4,15}(?=[-_.](?:v?\d{1,2}|[a-z]{3,20})$)/i;
/** `74050-74052`, `T-74050..T-74052`: the first and the last of several. */
const RANGE = /^((?:[TH]-)?\d{4,15})(?:-|\.{2,3})((?:[TH]-)?\d{4,15})$/i;
/** `contract-74050`, `contract_74050.pdf`, `No.74050`, `T74050`, `T_74050`, `74050.pdf`. */
const WRITTEN_CONTRACT =
  /^(?:contracts?[_-]?(?<named>\d{1,15})|n[or]\.?(?<numbered>\d{4,15})|(?:(?<letter>[TH])[_-]?)?(?<digits>\d{4,15}))$/i;
const DOTTED = /^(?:[TH]-)?\d{1,3}(?:\.\d{3}){1,4}$/i;

/** One word of a text. */
export interface PastedWord {
  /** The word without the marks around it. */
  text: string;
  /** Its parts between `/ = # ? &`, `:` and signs, such as the value in `id=deal-122`, or its groups of digits. Empty for a word without these. */
  parts: string[];
  /** The link to a contract in it, without what follows the number; null for other words. */
  link: string | null;
}

/** The words of a text, in order, in plain characters. Each character is read once, and words have a limited length. */
export function pastedWords(text: string): PastedWord[] {
  const marked = plainCharacters(text).replace(GROUPED, (number) => number.replace(/[ ,'’_]/g, GROUP));
  return wordsIn(marked).flatMap((word) => {
    const bare = withoutMarks(word).replaceAll(GROUP, '');
    if (bare === '') return [];
    if (word.includes(GROUP)) return [{ text: bare, parts: withoutMarks(word).split(GROUP), link: null }];
    if (DOTTED.test(bare)) return [{ text: bare, parts: [bare.replaceAll('.', '')], link: null }];
    const split = bare.split(BETWEEN_PARTS).map(withoutMarks).filter(Boolean);
    const contract = contractForm(bare);
    const inName = [
      ...(bare.match(IN_FILE_NAME) ?? []),
      ...(bare.match(FILE.test(bare) ? NUMBER_IN_FILE_NAME : BEFORE_VERSION) ?? []),
      ...(RANGE.exec(bare)?.slice(1) ?? []),
    ];
    const parts =
      split.length > 1
        ? split.flatMap((part) => [part, contractForm(part) ?? []].flat())
        : contract === null
          ? inName
          : [contract];
    return [{ text: bare, parts, link: contractLinkIn(bare) }];
  });
}

/** The id of a contract in a word that writes it in another form than SpotDraft does; null for other words. */
export function contractForm(word: string): string | null {
  const {
    named,
    numbered,
    letter,
    digits = named ?? numbered,
  } = WRITTEN_CONTRACT.exec(word.replace(FILE, ''))?.groups ?? {};
  if (digits === undefined) return null;
  const id = letter === undefined ? digits : `${letter.toUpperCase()}-${digits}`;
  return id.toLowerCase() === word.toLowerCase() ? null : id;
}

const plainCharacters = (text: string): string => decodedText(text, idForms).replace(HYPHENS, '-');

/** Splits characters into words of limited length. */
export function wordsIn(characters: Iterable<string>): string[] {
  const words: string[] = [];
  let word = '';
  let length = 0;
  const end = () => {
    if (length > 0) words.push(word);
    [word, length] = ['', 0];
  };
  for (const character of characters) {
    if (ENDS_WORD.has(character) || (length > LONG && ENDS_LONG.has(character))) {
      end();
      continue;
    }
    length += 1;
    word += character;
    if (length === MAX_WORD) end();
  }
  end();
  return words;
}

/** A text as one id: the only word in it, or the text itself in plain characters. */
export function bareId(text: string): string {
  const [only, ...more] = pastedWords(text);
  if (only === undefined || more.length > 0) return plainText(text);
  return only.link ?? only.text;
}

/** A text of several words in plain characters, with single blanks and without marks around it. */
function plainText(text: string): string {
  const plain = plainCharacters(text).split(/\s/).filter(Boolean).join(' ');
  return trimmed(plain, (character) => MARK.test(character) || ENDS_WORD.has(character)) || plain;
}

const withoutMarks = (word: string): string => trimmed(word, (character) => MARK.test(character));

function trimmed(text: string, isMark: (character: string) => boolean): string {
  const characters = [...text];
  const from = characters.findIndex((character) => !isMark(character));
  const to = characters.findLastIndex((character) => !isMark(character));
  return characters.slice(Math.max(from, 0), to + 1).join('');
}

/** Forms that identify an id without a doubt, besides those of contracts. */
const certainForms: RegExp[] = [
  /^(?:evt|dlv|call|out|rpt|req|aud)_[0-9a-z]{26}$/i,
  // UUID, trace id, hash of a snapshot.
  /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i,
  /^[\da-f]{32}$/i,
  /^[\da-f]{64}$/i,
  // Activity time in SpotDraft's form.
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/,
];

/** "Contract", "contract_id", "Contract No". The number that follows is a contract's. */
const NAMES_CONTRACT = /^contracts?(?:[_-]?(?:id|ids|no|nr|number))?$/i;
const BETWEEN = /^(?:ids?|no|nr|num|numbers?|is|was|and|or|the)$/i;
const NUMBER = /^\d{1,15}$/;

/** Forms of external ids from the config. */
export type Conventions = readonly Pick<RegExp, 'test'>[];

export interface IdsInText {
  /** Texts in the form of a known id. */
  certain: string[];
  /** Other candidates. They are ids if the log knows them. */
  possible: string[];
}

/** The ids in a text, each once, in order; numbers that only the word “contract” makes ids come last. */
export function idsInText(text: string, conventions: Conventions): IdsInText {
  const words = pastedWords(text);
  const forms = words.flatMap(({ text: word, parts, link }) =>
    link !== null ? [link] : certainId(word, conventions) === null ? [word, ...parts] : [word],
  );
  const sure = new Set(forms.flatMap((form) => certainId(form, conventions) ?? []));
  for (const number of contractNumbers(words)) sure.add(number);
  const possible = new Set(forms.filter((form) => form.length >= 6 && hasDigit(form) && !sure.has(form)));
  return { certain: [...sure], possible: [...possible] };
}

/** The id that a word certainly is, in its usual spelling; null for other words. */
export function certainId(word: string, conventions: Conventions): string | null {
  const contract = readContractId(word);
  if (contract !== null && contract.kind !== 'internal') return contract.text;
  return [...certainForms, ...conventions].some((form) => form.test(word)) ? word : null;
}

export const hasDigit = (word: string): boolean => /\d/.test(word);

/** Numbers after the word “contract”: the first one, or all after “contracts”. */
export function contractNumbers(words: readonly PastedWord[]): string[] {
  const numbers: string[] = [];
  let expected = 'none' as 'none' | 'one' | 'all';
  for (const word of words)
    for (const form of numberForms(word, expected === 'all')) {
      const glued = /^contract/i.test(form) ? contractForm(form) : null;
      if (glued !== null) numbers.push(glued);
      if (NAMES_CONTRACT.test(form)) expected = /^contracts|ids$/i.test(form) ? 'all' : 'one';
      else if (expected !== 'none' && NUMBER.test(form)) {
        numbers.push(form);
        if (expected === 'one') expected = 'none';
      } else if (!BETWEEN.test(form)) expected = 'none';
    }
  return numbers;
}

/** The parts of a word. Groups of digits are one number, except groups of three where several numbers are expected. */
function numberForms({ text, parts, link }: PastedWord, areSeveral: boolean): readonly string[] {
  if (link !== null || parts.length === 0 || contractForm(text) !== null) return [text];
  const isOne = NUMBER.test(text) && !(areSeveral && parts.every((part) => part.length === 3));
  return isOne ? [text] : parts;
}
