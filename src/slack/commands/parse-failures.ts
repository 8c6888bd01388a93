import { type Mistake, missingEnvironment, unknownArgument } from './mistake.ts';

export interface FailuresCommand {
  kind: 'failures';
  environment: string;
  /** True when resolved groups are included. */
  all: boolean;
  isShared: boolean;
}

const switches = ['--all', '--share', '--private'];

/** Parses the words without the verb. An only environment need not be named. */
export function parseFailures(
  words: readonly string[],
  environments: readonly string[],
): FailuresCommand | Mistake {
  const typed = words.map((word) => word.toLowerCase());
  const wrong = typed.findIndex((word) => !switches.includes(word) && !environments.includes(word));
  if (wrong >= 0)
    return unknownArgument(words[wrong] ?? '', [...environments, ...switches], ['failures', ...words]);
  const named = [...new Set(typed.filter((word) => environments.includes(word)))];
  const [environment] = named.length === 0 && environments.length === 1 ? environments : named;
  if (environment === undefined || named.length > 1)
    return missingEnvironment(environments, `failures ${environment ?? environments.at(-1)}`);
  return {
    kind: 'failures',
    environment,
    all: typed.includes('--all'),
    isShared: typed.includes('--share') && !typed.includes('--private'),
  };
}
