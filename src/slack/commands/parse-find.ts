import { nearMiss } from '../../workspace/names.ts';
import { type Mistake, mistake } from './mistake.ts';

export interface FindCommand {
  kind: 'find';
  /** Anything that was pasted. */
  id: string;
  /** Null for any environment. */
  environment: string | null;
  isShared: boolean;
}

/** Characters of a query that a suggestion repeats. */
const MAX_SUGGESTED = 500;
const flags = ['--private', '--share'];

/**
 * Parses the words around the verb: anything that was pasted, with its case and marks, and an environment before the verb or
 * as the first or last word.
 */
export function parseFind(words: readonly string[], environments: readonly string[]): FindCommand | Mistake {
  const rest = words.filter((word) => !flags.includes(word.toLowerCase()));
  const isEnvironment = (word: string | undefined) => environments.includes(word?.toLowerCase() ?? '');
  const named: string[] = [];
  while (isEnvironment(rest[0])) named.push(rest.shift() ?? '');
  while (isEnvironment(rest.at(-1))) named.push(rest.pop() ?? '');
  const id = rest.join(' ');
  if (id === '')
    return mistake('Find what? Give the id of an event, request, contract, external record or call.');
  const [environment = null, ...more] = named.map((word) => word.toLowerCase());
  if (more.length > 0)
    return mistake('One environment at a time.', `find ${environment} ${id.slice(0, MAX_SUGGESTED)}`);
  const typo = environment === null ? environmentTypo(rest, environments) : null;
  if (typo !== null)
    return mistake(
      `“${typo.word}” is no environment.`,
      `find ${typo.meant} ${typo.id.slice(0, MAX_SUGGESTED)}`,
    );
  return {
    kind: 'find',
    id,
    environment,
    isShared: words.some((word) => word.toLowerCase() === '--share'),
  };
}

/** A word beside an id that is nearly the name of an environment: searching all of them would not be noticed. */
function environmentTypo(
  words: readonly string[],
  environments: readonly string[],
): { word: string; meant: string; id: string } | null {
  const word = words.find((each) => /^\p{L}{2,}$/u.test(each));
  const id = words.find((each) => /\d/.test(each));
  const meant = word === undefined || words.length !== 2 ? null : nearMiss(environments, word.toLowerCase());
  return word === undefined || id === undefined || meant === null ? null : { word, meant, id };
}
