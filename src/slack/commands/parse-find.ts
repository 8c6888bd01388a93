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
  return {
    kind: 'find',
    id,
    environment,
    isShared: words.some((word) => word.toLowerCase() === '--share'),
  };
}
