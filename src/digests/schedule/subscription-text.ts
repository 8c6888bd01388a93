import type { Subscription } from '../../store/subscriptions.ts';
import { isTimezone } from '../../time/is-timezone.ts';

export type SubscriptionKind = Subscription['kind'];

/** A subscription as a person asks for it. */
export interface SubscriptionRequest {
  kind: SubscriptionKind;
  /** Null for notices, which come whenever a check begins to fail. */
  schedule: { days: 'daily' | 'weekdays'; time: string } | null;
  /** Named in the request; null for the time zone of the person who asks. */
  timezone: string | null;
}

export const REQUEST_FORMS = '`daily at 09:00`, `weekdays at 9`, `drift` or `failures`';
const DEFAULT_TIME = '09:00';

const kinds: Record<string, SubscriptionKind> = {
  drift: 'drift',
  failures: 'failures',
  failure: 'failures',
  regressions: 'failures',
};
const dayNames: Record<string, 'daily' | 'weekdays'> = {
  daily: 'daily',
  day: 'daily',
  weekdays: 'weekdays',
  weekday: 'weekdays',
};
const fillers = new Set(['at', 'to', 'every', 'for', 'in']);

/** Parses the words behind `subscribe ENV`. Returns the request, or a sentence that says what is wrong. */
export function parseRequest(words: readonly string[]): SubscriptionRequest | { wrong: string } {
  let kind: SubscriptionKind | null = null;
  let days: 'daily' | 'weekdays' | null = null;
  let time: string | null = null;
  let timezone: string | null = null;
  for (const word of joined(words)) {
    const lower = word.toLowerCase();
    const at = timeOf(lower);
    if (fillers.has(lower)) continue;
    if (Object.hasOwn(kinds, lower)) kind = kinds[lower] ?? null;
    else if (Object.hasOwn(dayNames, lower)) days = dayNames[lower] ?? null;
    else if (at !== null) time = at;
    else if (isNamedZone(word)) timezone = word;
    else return { wrong: `I don't understand “${word.slice(0, 60)}”. A channel can have ${REQUEST_FORMS}` };
  }
  if (kind === 'failures')
    return days === null && time === null
      ? { kind, schedule: null, timezone: null }
      : { wrong: '`failures` takes no time: a notice comes when a check begins to fail' };
  if (kind === null && (days === null || time === null))
    return { wrong: `What, and when? Choose ${REQUEST_FORMS}` };
  return {
    kind: kind ?? 'digest',
    schedule: { days: days ?? 'daily', time: time ?? DEFAULT_TIME },
    timezone,
  };
}

/** Joins "9 am" into one word. */
const joined = (words: readonly string[]): string[] =>
  words.flatMap((word, index) => {
    const next = words[index + 1]?.toLowerCase();
    if (/^(am|pm)$/i.test(word) && /^\d/.test(words[index - 1] ?? '')) return [];
    return next === 'am' || next === 'pm' ? (/^\d/.test(word) ? [word + next] : [word]) : [word];
  });

/** `HH:MM`; null when the word is no time of day. */
function timeOf(word: string): string | null {
  const match = /^(\d{1,2})(?:[:.h](\d{2}))?(am|pm)?$/.exec(word);
  if (!match) return null;
  const [, hours = '', minutes = '00', half] = match;
  const hour = Number(hours);
  if (Number(minutes) > 59 || hour > (half ? 12 : 23) || (half && hour === 0)) return null;
  const of24 = half ? (hour % 12) + (half === 'pm' ? 12 : 0) : hour;
  return `${String(of24).padStart(2, '0')}:${minutes}`;
}

/** An IANA time zone name or UTC. Abbreviations such as EST are ambiguous and do not count. */
export const isNamedZone = (word: string): boolean => /\/|^(?:utc|gmt)$/i.test(word) && isTimezone(word);

/** The request as a person would type it: `daily at 09:00`, `drift`. */
export function requestText({ kind, schedule }: Pick<SubscriptionRequest, 'kind' | 'schedule'>): string {
  if (kind !== 'digest' || schedule === null) return kind;
  return `${schedule.days} at ${schedule.time}`;
}

/** The end of a sentence that says what the channel gets: "a digest of prod (production), daily at 09:00 (Europe/Berlin)". */
export function subscriptionText(
  { kind, schedule }: Pick<Subscription, 'kind' | 'schedule'>,
  label: string,
): string {
  if (kind === 'failures' || schedule === null) return `a notice when a check of ${label} begins to fail`;
  const when = `${schedule.days === 'daily' ? 'daily' : 'on weekdays'} at ${schedule.time} (${schedule.timezone})`;
  return kind === 'drift' ? `a drift report of ${label}, ${when}` : `a digest of ${label}, ${when}`;
}
