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

const MAX_NAMED = 30;
const alternatives = new Intl.ListFormat('en-GB', { type: 'disjunction' });

/** "uat, dev or prod"; the first 30 of more. */
const choice = (names: readonly string[]): string =>
  alternatives.format(
    names.length > MAX_NAMED
      ? [...names.slice(0, MAX_NAMED), `one of ${names.length - MAX_NAMED} more`]
      : names,
  );

/** `suggestion`: the same command with an environment. */
export const missingEnvironment = (environments: readonly string[], suggestion: string): Mistake =>
  mistake(`Which environment? Choose ${choice(environments)}.`, suggestion);

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
    `I don’t know “${word.slice(0, 60)}”. Use ${choice(named)}.`,
    meant ? words.map((each) => (each.toLowerCase() === word.toLowerCase() ? meant : each)).join(' ') : null,
  );
}
