import { durationMs, durationPattern } from './duration.ts';

/** The accepted forms of a point in time, for error messages. */
export const SINCE_FORMATS =
  'give a duration before now (90m, 24h, 3d), yesterday, a time of today (09:10, 8:48pm), or a date or time (2026-11-01, 2026-11-01T09:00, 1 Nov 09:00); times are UTC, and another zone is written behind the time (+02:00)';

/** A point in time, epoch ms, or why the text is none: the end of “… is not a time: ”. */
export type TimeReading = { at: number } | { problem: string };

const ISO =
  /^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})(?:[Tt ](?<hour>\d{2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:[.,](?<fraction>\d{1,9}))?)?\s?(?<zone>[Zz]|UTC|GMT|[+-]\d{2}:?\d{2})?)?$/;

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

const CLOCK =
  /^(\d{1,2})(?:([:.])(\d{2})(?::(\d{2}))?)?(?:\s?([ap])\.?m\.?)?\s?(z|utc|gmt|[+-]\d{2}:?\d{2})?$/i;

/** A time of day (`09:10`, `8:48pm`, `20:48 UTC`) as the end of an ISO time; null for a text of another form. */
function isoClock(text: string): string | null {
  const [, hour, sign, minute = '00', second = '00', half, zone = 'Z'] = CLOCK.exec(text) ?? [];
  if (hour === undefined || (half === undefined && sign !== ':')) return null;
  if (half !== undefined && (Number(hour) < 1 || Number(hour) > 12)) return null;
  const hours =
    half === undefined ? Number(hour) : (Number(hour) % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
  return `${String(hours).padStart(2, '0')}:${minute}:${second}${/^[+-]/.test(zone) ? zone : 'Z'}`;
}

/** Reads a time of a day, on the calendar of its zone; null for a text of another form. */
function readTimeOfDay(text: string, now: number, daysAgo = 0): TimeReading | null {
  const clock = isoClock(text);
  if (clock === null) return null;
  const here =
    now + (offsetMinutes(clock.slice('09:10:00'.length)) ?? 0) * 60_000 - daysAgo * durationMs('24h');
  return readIsoTime(`${new Date(here).toISOString().slice(0, 10)}T${clock}`);
}

const MONTHS = 'january february march april may june july august september october november december'.split(
  ' ',
);
const WEEKDAY = /^(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?\s+/i;
const DAY_MONTH = /^(\d{1,2})(?:st|nd|rd|th|\.)?[\s/-]*([a-z]{3,9})\.?/i;
const MONTH_DAY = /^([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?![\d:])/i;
const NUMBERS = /^(\d{1,2})\.(\d{1,2})\.(?=\d{4})/;
const YEAR_AND_TIME = /^[\s,/-]*(\d{4}(?!\d))?(?:[\s,:]+(?:at\s+)?(.+))?$/i;

/** Reads a date as people, mails and servers write it: `30 Nov`, `Nov 30, 2026, 8:48 PM`, `30.11.2026 20:48`. A date without a year is the last one. */
function readWrittenDate(text: string, now: number): TimeReading | null {
  const written = text.replace(WEEKDAY, '');
  const [date, day, month] = dayAndMonth(written);
  const [all, year, time] = YEAR_AND_TIME.exec(written.slice(date.length)) ?? [];
  if (day === 0 || all === undefined) return null;
  const clock = time === undefined ? 'T00:00:00Z' : `T${isoClock(time)}`;
  if (clock === 'Tnull') return null;
  const inYear = (chosen: number) =>
    readIsoTime(`${chosen}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}${clock}`);
  const thisYear = new Date(now).getUTCFullYear();
  const read = inYear(year === undefined ? thisYear : Number(year));
  return year === undefined && 'at' in read && read.at > now ? inYear(thisYear - 1) : read;
}

function dayAndMonth(text: string): [date: string, day: number, month: number] {
  const [numbers, numberedDay, numberedMonth] = NUMBERS.exec(text) ?? [];
  if (numbers !== undefined) return [numbers, Number(numberedDay), Number(numberedMonth)];
  const [first, day, month = ''] = DAY_MONTH.exec(text) ?? [];
  const [second, name = '', number] = MONTH_DAY.exec(text) ?? [];
  const index = MONTHS.findIndex((each) =>
    each.startsWith((first === undefined ? name : month).toLowerCase().replace(/^sept$/, 'sep')),
  );
  return index < 0 || (first ?? second) === undefined
    ? ['', 0, 0]
    : [first ?? second ?? '', Number(day ?? number), index + 1];
}

const TWO_WAYS = /^\d{1,2}\/\d{1,2}\/\d{2,4}\b/;
const EPOCH = /^\d{10}(?:\d{3})?$/;

/** Reads seconds or milliseconds since 1970, as servers log them, within a year of `now`; null for other numbers. */
function readEpoch(text: string, now: number): TimeReading | null {
  const at = EPOCH.test(text) ? Number(text.padEnd(13, '0')) : Number.NaN;
  return Math.abs(now - at) < durationMs('366d') ? { at } : null;
}

/** Reads the end of a period: the same forms, but a time of day is always today's. */
export const readUntil = (text: string, now: number): TimeReading =>
  readTimeOfDay(text, now) ?? readSince(text, now);

/**
 * Reads a duration before `now` (`yesterday` is 24 h), a date or time, or a time of day: that of today, or of yesterday when it
 * is still to come.
 */
export function readSince(text: string, now: number): TimeReading {
  const ofDay = readTimeOfDay(text, now);
  if (ofDay) return 'at' in ofDay && ofDay.at > now ? { at: ofDay.at - durationMs('24h') } : ofDay;
  const [, day, time] = /^(today|yesterday)(?:,?\s+(?:at\s+)?(.+))?$/i.exec(text) ?? [];
  const daysAgo = day?.toLowerCase() === 'yesterday' ? 1 : 0;
  if (daysAgo === 1 && time === undefined) return { at: now - durationMs('24h') };
  if (durationPattern.test(text)) return { at: now - durationMs(text) };
  if (TWO_WAYS.test(text)) return { problem: `${text} can be read in two ways; write it as 2026-11-30` };
  return (
    (time === undefined ? null : readTimeOfDay(time, now, daysAgo)) ??
    readEpoch(text, now) ??
    readWrittenDate(text, now) ??
    readIsoTime(text)
  );
}

/** True for a text that means a time, even one that does not exist. */
export function meansTime(text: string): boolean {
  const read = readSince(text, 0);
  return 'at' in read || read.problem !== SINCE_FORMATS;
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
