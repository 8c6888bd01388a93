import { durationMs, durationPattern } from './duration.ts';

/** The accepted forms of a point in time, for error messages. */
export const SINCE_FORMATS =
  'give a duration before now (90m, 24h, 3d), yesterday, a time of today (09:10, 8:48pm), or a date or time (2026-11-01, 2026-11-01T09:00, 1 Nov 09:00); times are UTC, and another zone is written behind the time (+02:00)';

/** A point in time, epoch ms, or why the text is none: the end of “… is not a time: ”. */
export type TimeReading = { at: number } | { problem: string };

const ISO =
  /^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})(?:[Tt ](?<hour>\d{2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:[.,](?<fraction>\d{1,9}))?)?\s?(?<zone>[Zz]|UTC|GMT|[+-]\d{2}:?\d{2})?)?$/;

/** ISO's form without signs, `20261130T090000Z`. A date alone in this form may be any number. */
const BASIC = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})?(Z|[+-]\d{2}:?\d{2})?$/i;

const withSigns = (
  _: string,
  year = '',
  month = '',
  day = '',
  hour = '',
  minute = '',
  second = '00',
  zone = '',
) => `${year}-${month}-${day}T${hour}:${minute}:${second}${zone}`;

/**
 * Reads an ISO date or time. Without a zone both mean UTC: JavaScript reads the one as UTC and the other in the zone of the
 * machine, and makes a day in March of 30 February.
 */
export function readIsoTime(text: string): TimeReading {
  const parts = ISO.exec(text.replace(BASIC, withSigns))?.groups;
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
  /^(\d{1,2})(?:([:.])(\d{2})(?::(\d{2}))?)?(?:\s?([ap])\.?m\.?)?(?:\s?(z|utc|gmt|[+-]\d{2}:?\d{2})|\s?uhr)?$/i;

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

/** Names of each month in English, German and French, without accents. */
const MONTHS = [
  'january januar janvier',
  'february februar fevrier',
  'march marz maerz mars',
  'april avril',
  'may mai',
  'june juni juin',
  'july juli juillet',
  'august aout',
  'september septembre',
  'october oktober octobre',
  'november novembre',
  'december dezember decembre',
].map((names) => names.split(' '));
const WEEKDAY =
  /^(?:(?:le|den)\s+)?(?:(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|sonnabend|(?:lun|mar|mercre|jeu|vendre|same)di|dimanche|(?:mo|di|mi|do|fr|sa|so)\.)[.,]*\s+)?/i;
const DAY_MONTH = /^(\d{1,2})(?:st|nd|rd|th|er|\.)?[\s/-]*([a-z]{3,9})\.?/i;
const MONTH_DAY = /^([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?![\d:])/i;
const NUMBERS = /^(\d{1,2})([./])(\d{1,2})\2(?=\d{4}|\d{2}(?!\d))/;
const YEAR_AND_TIME =
  /^(?:[\s,/-]*(\d{4})(?!\d)|[/-]?(\d{2})(?![\d:]))?(?:[\s,:]+(?:(?:at|a|um|gegen)\s+)?(.+))?$/i;
/** `date` and C write the year last, and JavaScript names the zone twice. */
const YEAR_LAST = /^([a-z]{3}\s+\d{1,2})\s+(\d{2}:\d{2}:\d{2})((?:\s+(?:utc|gmt|z))?)\s+(\d{4})$/i;
const ZONE_TWICE = /\bgmt([+-]\d{4})(?:\s+\(.*\))?$/i;

/**
 * Reads a date as people, mails and servers write it: `30 Nov`, `Nov 30, 2026, 8:48 PM`, `30.11.2026 20:48`, `le 30 novembre à
 * 10h30`. A date without a year is the last one.
 */
function readWrittenDate(text: string, now: number): TimeReading | null {
  const plain = text.normalize('NFD').replace(/\p{M}/gu, '').replace(WEEKDAY, '');
  const written = plain.replace(YEAR_LAST, '$1 $4 $2$3').replace(ZONE_TWICE, '$1');
  const [date, day, month] = dayAndMonth(written);
  const [all, year, shortYear, time] = YEAR_AND_TIME.exec(written.slice(date.length)) ?? [];
  if (day === 0 || all === undefined) return null;
  const hours = time?.replace(/^(\d{1,2})\s?h\s?(\d{2})?$/i, (_, hour, minute = '00') => `${hour}:${minute}`);
  const clock = hours === undefined ? 'T00:00:00Z' : `T${isoClock(hours)}`;
  if (clock === 'Tnull') return null;
  const inYear = (chosen: number) =>
    readIsoTime(`${chosen}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}${clock}`);
  const thisYear = new Date(now).getUTCFullYear();
  const given = year ?? (shortYear === undefined ? undefined : `20${shortYear}`);
  const read = inYear(given === undefined ? thisYear : Number(given));
  return given === undefined && 'at' in read && read.at > now ? inYear(thisYear - 1) : read;
}

function dayAndMonth(text: string): [date: string, day: number, month: number] {
  const [numbers, one, sign, two] = NUMBERS.exec(text) ?? [];
  if (numbers !== undefined)
    return sign === '/' && Number(two) > 12 && Number(one) <= 12
      ? [numbers, Number(two), Number(one)]
      : [numbers, Number(one), Number(two)];
  const [first, day, month = ''] = DAY_MONTH.exec(text) ?? [];
  const [second, name = '', number] = MONTH_DAY.exec(text) ?? [];
  const wanted = (first === undefined ? name : month).toLowerCase().replace(/^sept$/, 'sep');
  const index = MONTHS.findIndex((names) => names.some((each) => each.startsWith(wanted)));
  return index < 0 || (first ?? second) === undefined
    ? ['', 0, 0]
    : [first ?? second ?? '', Number(day ?? number), index + 1];
}

/** True for `11/12/2026`, which is in December or in November. */
function isTwoWays(text: string): boolean {
  const [, one, two] = /^(\d{1,2})\/(\d{1,2})\/\d{2,4}\b/.exec(text) ?? [];
  return one !== two && Number(one) <= 12 && Number(two) <= 12;
}

const EPOCH = /^(?:(\d{10})(?:\.\d{1,9})?|(\d{13}))$/;
/** The end of a link to a message in Slack: microseconds since 1970. */
const SLACK_LINK = /^https?:\/\/[^/]+\/archives\/\w+\/p(\d{10})\d{6}(?:[?#].*)?$/i;

/** Reads seconds or milliseconds since 1970, as servers and Slack write them, within a year of `now`; null for other texts. */
function readEpoch(text: string, now: number): TimeReading | null {
  const [, seconds, ms] = EPOCH.exec(text) ?? SLACK_LINK.exec(text) ?? [];
  const at = seconds === undefined ? Number(ms) : Number(seconds) * 1_000;
  return Math.abs(now - at) < durationMs('366d') ? { at } : null;
}

/**
 * Reads the end of a period: the same forms, but a time of day is today's, or the first one behind `since` when that is a time of
 * day too: `09:10` to `09:30` are twenty minutes, and `23:50` to `00:10` as well.
 */
export function readUntil(text: string, now: number, since: string | null): TimeReading {
  const ofDay = readTimeOfDay(text, now);
  const begin = since === null || readTimeOfDay(since, now) === null ? null : readSince(since, now);
  if (ofDay === null || 'problem' in ofDay || begin === null || 'problem' in begin)
    return ofDay ?? readSince(text, now);
  const day = durationMs('24h');
  const behind = (((ofDay.at - begin.at) % day) + day) % day;
  return { at: begin.at + (behind === 0 ? day : behind) };
}

const RELATIVE_DAY =
  /^(?:today|heute|aujourd['’]hui|(yesterday|gestern|hier))(?:,?\s+(?:(?:at|à|um|gegen)\s+)?(.+))?$/i;

/**
 * Reads a duration before `now` (`yesterday` is 24 h), a date or time, or a time of day: that of today, or of yesterday when it
 * is still to come.
 */
export function readSince(text: string, now: number): TimeReading {
  const ofDay = readTimeOfDay(text, now);
  if (ofDay) return 'at' in ofDay && ofDay.at > now ? { at: ofDay.at - durationMs('24h') } : ofDay;
  const [, yesterday, time] = RELATIVE_DAY.exec(text) ?? [];
  const daysAgo = yesterday === undefined ? 0 : 1;
  if (daysAgo === 1 && time === undefined) return { at: now - durationMs('24h') };
  if (durationPattern.test(text)) return { at: now - durationMs(text) };
  if (isTwoWays(text)) return { problem: `${text} can be read in two ways; write it as 2026-11-30` };
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
