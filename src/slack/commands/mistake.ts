import { nearMiss } from '../../workspace/names.ts';

/** A command that cannot be run as typed. */
export interface Mistake {
  kind: 'mistake';
  text: string;
  /** Text to type after the command instead; null when nothing is close. */
  suggestion: string | null;
}

/** Why a text is no point in time; null when it is one. */
export type TimeProblem = (text: string) => string | null;

export const mistake = (text: string, suggestion: string | null = null): Mistake => ({
  kind: 'mistake',
  text,
  suggestion,
});

const MAX_NAMED = 30;
const alternatives = new Intl.ListFormat('en-GB', { type: 'disjunction' });

/** Such as "uat, dev or prod"; at most 30 names. */
const choice = (names: readonly string[]): string =>
  alternatives.format(
    names.length > MAX_NAMED
      ? [...names.slice(0, MAX_NAMED), `one of ${names.length - MAX_NAMED} more`]
      : names,
  );

/** `suggestion` is the same command with an environment. */
export const missingEnvironment = (environments: readonly string[], suggestion: string): Mistake =>
  mistake(`Which environment? Choose ${choice(environments)}.`, suggestion);

/**
 * A word that is not in `known`. The suggestion repeats `words`, everything that was typed, with this word corrected. `named`
 * are the known words that the answer lists, without synonyms.
 */
export function unknownArgument(
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
