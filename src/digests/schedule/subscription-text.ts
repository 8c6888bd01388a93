import type { Subscription } from '../../store/subscriptions.ts';
import { isTimezone } from '../../time/is-timezone.ts';

export type SubscriptionKind = Subscription['kind'];

/** What a channel can be told, as a person says it. */
export interface SubscriptionRequest {
  kind: SubscriptionKind;
  /** Null: whenever something begins to fail. */
  schedule: { days: 'daily' | 'weekdays'; time: string } | null;
  /** As said; null: that of whoever says it. */
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

/** The wish in these words, or what is wrong with them. */
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
    else return { wrong: `“${word.slice(0, 60)}” is none of what a channel can have: ${REQUEST_FORMS}` };
  }
  if (kind === 'failures')
    return days === null && time === null
      ? { kind, schedule: null, timezone: null }
      : { wrong: '`failures` has no time: a notice comes when something begins to fail' };
  if (kind === null && (days === null || time === null)) return { wrong: `What and when? ${REQUEST_FORMS}` };
  return {
    kind: kind ?? 'digest',
    schedule: { days: days ?? 'daily', time: time ?? DEFAULT_TIME },
    timezone,
  };
}

/** "9 am" is one word. */
const joined = (words: readonly string[]): string[] =>
  words.flatMap((word, index) => {
    const next = words[index + 1]?.toLowerCase();
    if (/^(am|pm)$/i.test(word) && /^\d/.test(words[index - 1] ?? '')) return [];
    return next === 'am' || next === 'pm' ? (/^\d/.test(word) ? [word + next] : [word]) : [word];
  });

/** `HH:MM`; null: it is no time of day. */
function timeOf(word: string): string | null {
  const match = /^(\d{1,2})(?:[:.h](\d{2}))?(am|pm)?$/.exec(word);
  if (!match) return null;
  const [, hours = '', minutes = '00', half] = match;
  const hour = Number(hours);
  if (Number(minutes) > 59 || hour > (half ? 12 : 23) || (half && hour === 0)) return null;
  const of24 = half ? (hour % 12) + (half === 'pm' ? 12 : 0) : hour;
  return `${String(of24).padStart(2, '0')}:${minutes}`;
}

/** A name of the IANA's, or UTC; not an abbreviation, such as EST. */
export const isNamedZone = (word: string): boolean => /\/|^(?:utc|gmt)$/i.test(word) && isTimezone(word);

/** As a person would type it again: `daily at 09:00`, `drift`. */
export function requestText({ kind, schedule }: Pick<SubscriptionRequest, 'kind' | 'schedule'>): string {
  if (kind !== 'digest' || schedule === null) return kind;
  return `${schedule.days} at ${schedule.time}`;
}

/** What comes of it, as a sentence goes on: "a digest of prod (production), daily at 09:00 (Europe/Berlin)". */
export function subscriptionText(
  { kind, schedule }: Pick<Subscription, 'kind' | 'schedule'>,
  label: string,
): string {
  if (kind === 'failures' || schedule === null) return `a notice when a check of ${label} begins to fail`;
  const when = `${schedule.days === 'daily' ? 'daily' : 'on weekdays'} at ${schedule.time} (${schedule.timezone})`;
  return kind === 'drift' ? `what differs or changed in ${label}, ${when}` : `a digest of ${label}, ${when}`;
}
