import type { MaintenanceWindow, Weekday } from '../../config/config.ts';
import { localDate } from '../../time/days.ts';

/** One occurrence of a maintenance window. Epoch ms UTC; `until` is exclusive. */
export interface MaintenancePeriod {
  from: number;
  until: number;
  reason: string;
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const weekdays: readonly Weekday[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** The maintenance in force; of several, the one that ends last. Null when there is none. */
export function maintenanceAt(windows: readonly MaintenanceWindow[], at: number): MaintenancePeriod | null {
  const now = maintenanceWithin(windows, at, at + 1);
  return now.toSorted((left, right) => right.until - left.until)[0] ?? null;
}

/** All maintenance that overlaps `from` (inclusive) to `to` (exclusive), earliest first. */
export function maintenanceWithin(
  windows: readonly MaintenanceWindow[],
  from: number,
  to: number,
): MaintenancePeriod[] {
  return windows
    .flatMap((window) => (window.kind === 'once' ? [window] : weekly(window, from, to)))
    .filter((window) => window.from < to && window.until > from)
    .map(({ from: begin, until, reason }) => ({ from: begin, until, reason }))
    .sort((left, right) => left.from - right.from);
}

function weekly(
  { days, fromMinute, untilMinute, timezone, reason }: Extract<MaintenanceWindow, { kind: 'weekly' }>,
  from: number,
  to: number,
): MaintenancePeriod[] {
  const found: MaintenancePeriod[] = [];
  // A window may have begun the day before, and days begin at other times in other zones.
  for (let at = from - 2 * DAY_MS; at < to + 2 * DAY_MS; at += DAY_MS) {
    const day = localDate(at, timezone);
    const weekday = weekdays[new Date(`${day}T00:00:00Z`).getUTCDay()];
    if (weekday === undefined || !days.includes(weekday)) continue;
    // A window that ends at or before its beginning ends on the next day.
    const length = untilMinute > fromMinute ? 0 : 24 * 60;
    found.push({
      from: zonedTime(day, fromMinute, timezone),
      until: zonedTime(day, untilMinute + length, timezone),
      reason,
    });
  }
  return [...new Map(found.map((each) => [each.from, each])).values()];
}

/** The moment at which clocks of a zone show `minute` minutes after midnight of `day`, epoch ms. */
function zonedTime(day: string, minute: number, timezone: string): number {
  const asUtc = Date.parse(`${day}T00:00:00Z`) + minute * MINUTE_MS;
  const guess = asUtc - offsetAt(asUtc, timezone);
  // When the offset changes in between, the second guess is right.
  return asUtc - offsetAt(guess, timezone);
}

/** Offset of a time zone from UTC, ms; positive east of Greenwich. */
function offsetAt(at: number, timezone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at);
  const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
  const shown = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
  return shown - Math.floor(at / 1000) * 1000;
}
