import { Temporal } from 'temporal-polyfill';
import type { MaintenanceWindow, Weekday } from '../../config/config.ts';

/** One occurrence of a maintenance window. Epoch ms UTC; `until` is exclusive. */
export interface MaintenancePeriod {
  from: number;
  until: number;
  reason: string;
}

const weekdays: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

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
    .filter((window) => window.from < to && window.until > from && window.from < window.until)
    .map(({ from: begin, until, reason }) => ({ from: begin, until, reason }))
    .sort((left, right) => left.from - right.from);
}

function weekly(
  { days, fromMinute, untilMinute, timezone, reason }: Extract<MaintenanceWindow, { kind: 'weekly' }>,
  from: number,
  to: number,
): MaintenancePeriod[] {
  const found: MaintenancePeriod[] = [];
  const dateAt = (at: number) =>
    Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timezone).toPlainDate();
  // The window that began the day before may still be in force.
  let day = dateAt(from).subtract({ days: 1 });
  for (const last = dateAt(to); Temporal.PlainDate.compare(day, last) <= 0; day = day.add({ days: 1 })) {
    const weekday = weekdays[day.dayOfWeek - 1];
    if (weekday === undefined || !days.includes(weekday)) continue;
    // A window that ends at or before its beginning ends on the next day.
    const lastDay = untilMinute > fromMinute ? day : day.add({ days: 1 });
    found.push({
      from: momentOf(day, fromMinute, timezone, 'earlier'),
      until: momentOf(lastDay, untilMinute, timezone, 'later'),
      reason,
    });
  }
  return found;
}

/**
 * The moment at which clocks of a zone show `minute` minutes after midnight of that day, epoch ms. When they show it twice, `which`
 * of the two. When they skip it, the moment at which they are set forward.
 */
function momentOf(
  day: Temporal.PlainDate,
  minute: number,
  timezone: string,
  which: 'earlier' | 'later',
): number {
  const shown = day.toPlainDateTime({ hour: Math.floor(minute / 60), minute: minute % 60 });
  const found = shown.toZonedDateTime(timezone, { disambiguation: which });
  if (found.toPlainDateTime().equals(shown)) return found.epochMilliseconds;
  const before = shown.toZonedDateTime(timezone, { disambiguation: 'earlier' });
  return (before.getTimeZoneTransition('next') ?? before).epochMilliseconds;
}
