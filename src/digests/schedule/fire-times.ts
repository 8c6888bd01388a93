import { Cron } from 'croner';
import { Temporal } from 'temporal-polyfill';
import { DAY_MS, MINUTE_MS } from '../../time/units.ts';

/** The times at which a report is due, in the time zone of its schedule. */
export interface FireTimes {
  /** First fire time after `at`, epoch ms; null when there is none. */
  after(at: number): number | null;
  /** Last fire time at or before `at`, epoch ms; null when there is none. */
  upTo(at: number): number | null;
}

interface Schedule {
  cron: string;
  timezone: string;
}

/**
 * A local time that the clocks skip is due at the first moment after the gap. A local time that they repeat is due the first
 * time. So a daily report comes once on every day. `*` counts real time: an hourly report comes twice in a repeated hour.
 */
export function fireTimes(schedule: Schedule): FireTimes {
  const daily = dailyTimes(schedule);
  const byCron = cronTimes(schedule);
  if (!daily) return byCron;
  // On the days of a clock change croner knows the rules.
  return {
    after: (at) => daily.after(at) ?? byCron.after(at),
    upTo: (at) => daily.upTo(at) ?? byCron.upTo(at),
  };
}

function cronTimes({ cron, timezone }: Schedule): FireTimes {
  let made: Cron | null = null;
  const times = (): Cron => {
    made ??= new Cron(cron, { mode: '5-part', timezone, paused: true });
    return made;
  };
  return {
    after: (at) => times().nextRun(new Date(at))?.getTime() ?? null,
    // croner returns only times before the given moment.
    upTo: (at) =>
      times()
        .previousRuns(1, new Date(at + 1))[0]
        ?.getTime() ?? null,
  };
}

/** From Friday's time to Monday's. */
const MOST_DAYS = 4;

/**
 * The schedule of a subscription, `M H * * *` or `M H * * 1-5`, by arithmetic on days, which thousands of them share: croner
 * takes half a millisecond for each. Null for other schedules; a time is null when a clock change is near.
 */
function dailyTimes({ cron, timezone }: Schedule): FireTimes | null {
  const match = /^(\d{1,2}) (\d{1,2}) \* \* (\*|1-5)$/.exec(cron);
  if (!match) return null;
  const minuteOfDay = Number(match[2]) * 60 + Number(match[1]);
  const isWanted = ({ weekday }: LocalDay): boolean => match[3] === '*' || weekday <= 5;
  const search = (at: number, step: 1 | -1, fits: (time: number) => boolean): number | null => {
    let day = dayAt(at, timezone);
    for (let days = 0; days < MOST_DAYS; days += 1) {
      if (!day.isRegular) return null;
      const time = day.start + minuteOfDay * MINUTE_MS;
      if (isWanted(day) && fits(time)) return time;
      day = dayAt(step > 0 ? day.start + DAY_MS : day.start - 1, timezone);
    }
    return null;
  };
  return {
    after: (at) => search(at, 1, (time) => time > at),
    upTo: (at) => search(at, -1, (time) => time <= at),
  };
}

interface LocalDay {
  /** Epoch ms. */
  start: number;
  /** 1 is Monday. */
  weekday: number;
  /** The day has 24 hours. */
  isRegular: boolean;
}

/** Days of each time zone that were needed last. */
const cachedDays = new Map<string, LocalDay[]>();
const KEPT_DAYS = 16;

function dayAt(at: number, timezone: string): LocalDay {
  const known = cachedDays.get(timezone) ?? [];
  const found = known.find(({ start, isRegular }) => isRegular && at >= start && at < start + DAY_MS);
  if (found) return found;
  const date = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timezone);
  const start = date.startOfDay();
  const day = { start: start.epochMilliseconds, weekday: date.dayOfWeek, isRegular: date.hoursInDay === 24 };
  cachedDays.set(timezone, [day, ...known].slice(0, KEPT_DAYS));
  return day;
}

/** Two reports with the same definition are due at the same times. */
export const definitionOf = ({ cron, timezone }: Schedule): string => `${cron} ${timezone}`;
