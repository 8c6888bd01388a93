import { activities } from '../../config/activities.ts';
import { SINCE_FORMATS } from '../../time/since.ts';
import { nearMiss } from '../../workspace/names.ts';
import { type Mistake, missingEnvironment, mistake, type TimeProblem, unknownArgument } from './mistake.ts';

export interface EventsCommand {
  kind: 'events';
  environment: string;
  /** As typed, in a form that readSince reads; null from the beginning of the log. */
  since: string | null;
  until: string | null;
  activity: string | null;
  failed: boolean;
  isShared: boolean;
}

const switches = ['--failed', '--share', '--private'];
const times = ['--since', '--until'];
const withValue = [...times, '--activity'];

/** Parses the words without the verb. `timeProblem` tells why a text is no point in time; null when it is one. */
export function parseEvents(
  words: readonly string[],
  environments: readonly string[],
  timeProblem: TimeProblem,
): EventsCommand | Mistake {
  const given = new Map<string, string>();
  const named: string[] = [];
  const typed = ['events', ...words];
  for (let index = 0; index < words.length; index += 1) {
    const [name = '', inline] = (words[index] ?? '').split('=');
    const word = name.toLowerCase();
    if (switches.includes(word)) given.set(word, '');
    else if (withValue.includes(word)) {
      if (inline === undefined) index += 1;
      const value = inline ?? words[index];
      if (value === undefined) return mistake(`${word} needs a value: ${forms[word]}.`);
      given.set(word, value);
    } else if (environments.includes(word)) named.push(word);
    else return unknownArgument(name, [...environments, ...switches, ...withValue], typed);
  }
  const [environment] = named;
  if (environment === undefined || named.length > 1)
    return missingEnvironment(environments, `events ${environment ?? environments[0]}`);
  for (const option of times) {
    const text = given.get(option);
    const problem = text === undefined ? null : timeProblem(text);
    if (problem !== null) return mistake(`${option} “${text?.slice(0, 60)}” is not a time: ${problem}.`);
  }
  const activity = given.get('--activity')?.toUpperCase() ?? null;
  if (activity !== null && !activities.some((each) => each === activity))
    return wrongActivity(activity, typed);
  return {
    kind: 'events',
    environment,
    since: given.get('--since') ?? null,
    until: given.get('--until') ?? null,
    activity,
    failed: given.has('--failed'),
    isShared: given.has('--share'),
  };
}

const forms: Record<string, string> = {
  '--since': SINCE_FORMATS,
  '--until': SINCE_FORMATS,
  '--activity': 'a SpotDraft activity, such as CONTRACT_EXECUTED',
};

function wrongActivity(activity: string, typed: readonly string[]): Mistake {
  const meant = nearMiss(activities, activity);
  return mistake(
    `“${activity.slice(0, 60)}” is not a SpotDraft activity.`,
    meant ? typed.map((word) => (word.toUpperCase() === activity ? meant : word)).join(' ') : null,
  );
}
