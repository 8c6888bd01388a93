import { contractLinkIn } from '../../spotdraft/contract-id.ts';
import { decodedText } from '../../text/decoded-text.ts';

/** Longest word that is looked at, characters. Links of mail filters are longer than any id. */
const MAX_WORD = 2_000;
/** Characters that end a word: blanks, brackets, quotes, and Slack's separator in links. */
const ENDS_WORD = new Set(' \t\n\v\f\r\u0085\u2028\u2029,;()[]{}<>"\'`´“”‘’„‚«»‹›|\\、。「」');
/** Marks around a word: emphasis, sentence ends, label signs, bullets. */
const MARKS = new Set('*_~#:=./?!@&+-•·');
const HYPHENS = /[\u2010-\u2015\u2212]/g;

/** One word of a text. */
export interface PastedWord {
  /** The word without the marks around it. */
  text: string;
  /** Its parts between `/ = # ? &` and `:`, such as the value in `id=deal-122`. Empty for a word without these. */
  parts: string[];
  /** The link to a contract in it, without what follows the number; null for other words. */
  link: string | null;
}

/** The words of a text, in order, in plain characters. Each character is read once, and words have a limited length. */
export function pastedWords(text: string): PastedWord[] {
  return wordsIn(decodedText(text).replace(HYPHENS, '-')).flatMap((word) => {
    const bare = withoutMarks(word);
    if (bare === '') return [];
    const parts = bare
      .split(/[/=#?&]|:(?!\d)|(?<!\d):/)
      .map(withoutMarks)
      .filter(Boolean);
    return [{ text: bare, parts: parts.length > 1 ? parts : [], link: contractLinkIn(bare) }];
  });
}

/** Splits characters into words. Longer words than any id are left out. */
export function wordsIn(characters: Iterable<string>): string[] {
  const words: string[] = [];
  let word = '';
  let length = 0;
  const end = () => {
    if (length > 0 && length <= MAX_WORD) words.push(word);
    [word, length] = ['', 0];
  };
  for (const character of characters) {
    if (ENDS_WORD.has(character)) end();
    else {
      length += 1;
      if (length <= MAX_WORD) word += character;
    }
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
  const plain = decodedText(text).replace(HYPHENS, '-').split(/\s/).filter(Boolean).join(' ');
  const isMark = (character: string) => MARKS.has(character) || ENDS_WORD.has(character);
  return trimmed(plain, isMark) || plain;
}

const withoutMarks = (word: string): string => trimmed(word, (character) => MARKS.has(character));

function trimmed(text: string, isMark: (character: string) => boolean): string {
  let [from, to] = [0, text.length];
  while (from < to && isMark(text.charAt(from))) from += 1;
  while (to > from && isMark(text.charAt(to - 1))) to -= 1;
  return text.slice(from, to);
}
