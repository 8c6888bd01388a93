import { nearMiss } from '../../workspace/names.ts';

/** What was typed cannot be carried out. */
export interface Mistake {
  kind: 'mistake';
  text: string;
  /** What to type instead, behind the command; null: nothing is close. */
  suggestion: string | null;
}

export const mistake = (text: string, suggestion: string | null = null): Mistake => ({
  kind: 'mistake',
  text,
  suggestion,
});

const MOST_NAMED = 30;

/**
 * A word that is none of `known`. `words`: all that was typed, to be repeated with the one corrected. `named`: those of the
 * known ones that are told; other words for the same thing need not be.
 */
export function unknownWord(
  word: string,
  known: readonly string[],
  words: readonly string[],
  named: readonly string[] = known,
): Mistake {
  const meant = nearMiss(known, word);
  return mistake(
    `I do not know “${word.slice(0, 60)}”. Known are: ${named.slice(0, MOST_NAMED).join(', ')}${named.length > MOST_NAMED ? ' and more' : ''}.`,
    meant ? words.map((each) => (each.toLowerCase() === word.toLowerCase() ? meant : each)).join(' ') : null,
  );
}
