import { contractLinkIn } from '../../spotdraft/contract-id.ts';
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
/** A number in groups of three digits: `90 001`, `T-90,001`, `90'001`. A blank may also be between two numbers. */
const GROUPED = /(?<![\w.,-])(?:[TH]-)?\d{1,3}(?:([ ,'’])\d{3})(?:\1\d{3}){0,3}(?![\w-]|[.,]\d)/gi;
/** Stands between the groups of one number. Plain characters do not have it. */
const GROUP = '\u2007';
const BETWEEN_PARTS = /[/=#?&\p{So}\p{No}\u00aa\u00ba\u2190-\u21ff]|:(?!\d)|(?<!\d):/u;
/** `NDA_T-720363_final.docx` */
const IN_FILE_NAME = /(?<=[_.])[TH]-\d{1,15}(?![A-Z\d-])|(?<![A-Z\d-])[TH]-\d{1,15}(?=[_.])/gi;
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
  const marked = plainCharacters(text).replace(GROUPED, (number) => number.replace(/[ ,'’]/g, GROUP));
  return wordsIn(marked).flatMap((word) => {
    const bare = withoutMarks(word).replaceAll(GROUP, '');
    if (bare === '') return [];
    if (word.includes(GROUP)) return [{ text: bare, parts: withoutMarks(word).split(GROUP), link: null }];
    if (DOTTED.test(bare)) return [{ text: bare, parts: [bare.replaceAll('.', '')], link: null }];
    const split = bare.split(BETWEEN_PARTS).map(withoutMarks).filter(Boolean);
    const parts = split.length > 1 ? split : (bare.match(IN_FILE_NAME) ?? []);
    return [{ text: bare, parts, link: contractLinkIn(bare) }];
  });
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
