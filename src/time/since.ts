import { durationMs, durationPattern } from './duration.ts';

/** The accepted forms of a point in time, for error messages. */
export const SINCE_FORMATS =
  'give a duration before now (90m, 24h, 3d), yesterday, a time of today (09:10), or a date or time (2026-11-01, 2026-11-01T09:00); times are UTC, and another zone is written behind the time (+02:00)';

/** A point in time, epoch ms, or why the text is none: the end of “… is not a time: ”. */
export type TimeReading = { at: number } | { problem: string };

const ISO =
  /^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})(?:[Tt ](?<hour>\d{2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:[.,](?<fraction>\d{1,9}))?)?\s?(?<zone>[Zz]|[+-]\d{2}:?\d{2})?)?$/;

/**
 * Reads an ISO date or time. Without a zone both mean UTC: JavaScript reads the one as UTC and the other in the zone of the
 * machine, and makes a day in March of 30 February.
 */
export function readIsoTime(text: string): TimeReading {
  const parts = ISO.exec(text)?.groups;
  if (!parts) return { problem: SINCE_FORMATS };
  const number = (name: string) => Number(parts[name] ?? 0);
  const [year, month, day] = [number('year'), number('month'), number('day')];
  if (month < 1 || month > 12) return { problem: `there is no month ${parts.month}: 01 to 12` };
  const days = new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
  if (day < 1 || day > days)
    return { problem: `there is no day ${parts.day} in ${parts.year}-${parts.month}: 01 to ${days}` };
  for (const [unit, most] of [
    ['hour', 23],
    ['minute', 59],
    ['second', 59],
  ] as const)
    if (number(unit) > most) return { problem: `there is no ${unit} ${parts[unit]}: 00 to ${most}` };
  const offset = offsetMinutes(parts.zone);
  if (offset === null) return { problem: `there is no time zone ${parts.zone}: -12:00 to +14:00` };
  const at = new Date(0);
  at.setUTCFullYear(year, month - 1, day);
  at.setUTCHours(number('hour'), number('minute') - offset, number('second'));
  return { at: at.getTime() + Number((parts.fraction ?? '').padEnd(3, '0').slice(0, 3)) };
}

/** null when no zone of the world has this offset. */
function offsetMinutes(zone = 'Z'): number | null {
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(zone) ?? [];
  if (sign === undefined) return 0;
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
  return Number(minutes) > 59 || offset < -12 * 60 || offset > 14 * 60 ? null : offset;
}

const TIME_OF_DAY = /^(\d{1,2}):(\d{2}(?::\d{2})?)\s?([Zz]|[+-]\d{2}:?\d{2})?$/;

/** Reads a time of today, on the calendar of its zone; null for a text of another form. */
function readTimeOfDay(text: string, now: number): TimeReading | null {
  const [, hour = '', rest, zone = 'Z'] = TIME_OF_DAY.exec(text) ?? [];
  if (rest === undefined) return null;
  const day = new Date(now + (offsetMinutes(zone) ?? 0) * 60_000).toISOString().slice(0, 10);
  return readIsoTime(`${day}T${hour.padStart(2, '0')}:${rest}${zone}`);
}

/** Reads the end of a period: the same forms, but a time of day is always today's. */
export const readUntil = (text: string, now: number): TimeReading =>
  readTimeOfDay(text, now) ?? readSince(text, now);

/**
 * Reads a duration before `now` (`yesterday` is 24 h), an ISO date or time, or a time of day: that of today, or of yesterday when
 * it is still to come.
 */
export function readSince(text: string, now: number): TimeReading {
  const ofDay = readTimeOfDay(text, now);
  if (ofDay) return 'at' in ofDay && ofDay.at > now ? { at: ofDay.at - durationMs('24h') } : ofDay;
  if (text.toLowerCase() === 'yesterday') return { at: now - durationMs('24h') };
  if (durationPattern.test(text)) return { at: now - durationMs(text) };
  return readIsoTime(text);
}

/** Why `readSince` cannot read a text; null when it can. */
export function sinceProblem(text: string, now: number): string | null {
  const read = readSince(text, now);
  return 'problem' in read ? read.problem : null;
}

/** "2026-11-30 09:00 UTC"; seconds are shown when they are not zero. */
export function utcText(at: number): string {
  const iso = new Date(at).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11).replace(/(?::00)?\.000Z$|Z$/, '')} UTC`;
}
