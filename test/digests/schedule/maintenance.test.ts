import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import type { MaintenanceWindow, Weekday } from '../../../src/config/config.ts';
import { maintenanceAt, maintenanceWithin } from '../../../src/digests/schedule/maintenance.ts';
import { long } from '../../long.ts';

const at = (iso: string): number => Date.parse(iso);

const sunday: MaintenanceWindow = {
  kind: 'weekly',
  days: ['sun'],
  fromMinute: 22 * 60,
  untilMinute: 2 * 60,
  timezone: 'Europe/Berlin',
  reason: 'deployment',
};

describe('a weekly maintenance window', () => {
  it.each([
    ['a second before it begins', '2026-11-29T20:59:59Z', false],
    ['when it begins', '2026-11-29T21:00:00Z', true],
    ['after midnight', '2026-11-30T00:59:59Z', true],
    ['when it ends', '2026-11-30T01:00:00Z', false],
    ['on the next evening', '2026-11-30T21:30:00Z', false],
    // Berlin is two hours ahead of UTC in summer.
    ['in summer, when it begins', '2027-07-04T20:00:00Z', true],
    ['in summer, an hour before', '2027-07-04T19:30:00Z', false],
  ])('has the right state %s (%s): active %s', (_when, iso, inForce) => {
    expect(maintenanceAt([sunday], at(iso)) !== null).toBe(inForce);
  });

  it('follows its time zone in the night of a clock change', () => {
    const night: MaintenanceWindow = { ...sunday, days: ['sat'], untilMinute: 4 * 60 };
    expect(maintenanceAt([night], at('2027-03-27T22:00:00Z'))).toEqual({
      from: at('2027-03-27T21:00:00Z'),
      until: at('2027-03-28T02:00:00Z'),
      reason: 'deployment',
    });
  });

  it('ends by the old offset when its end is before the clock change', () => {
    const night: MaintenanceWindow = { ...sunday, days: ['sat'], untilMinute: 90 };
    expect(maintenanceAt([night], at('2027-03-27T22:00:00Z'))?.until).toBe(at('2027-03-28T00:30:00Z'));
  });

  it('occurs once on each of its days in a period', () => {
    const all = maintenanceWithin(
      [{ ...sunday, days: ['sat', 'sun'] }],
      at('2026-11-28T00:00Z'),
      at('2026-12-07T00:00Z'),
    );
    expect(all.map(({ from }) => new Date(from).toISOString().slice(0, 10))).toEqual([
      '2026-11-28',
      '2026-11-29',
      '2026-12-05',
      '2026-12-06',
    ]);
  });
});

it('a single window is active from its start until just before its end', () => {
  const once: MaintenanceWindow = { kind: 'once', from: 100, until: 200, reason: 'move' };
  expect([99, 100, 199, 200].map((time) => maintenanceAt([once], time) !== null)).toEqual([
    false,
    true,
    true,
    false,
  ]);
});

/** Time of day of a zone in minutes after midnight, and its day of the week, from the runtime's own calendar. */
function clockOf(timezone: string): (at: number) => { weekday: Weekday; minute: number } {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    hourCycle: 'h23',
    weekday: 'short',
    hour: 'numeric',
    minute: 'numeric',
  });
  return (moment) => {
    const parts = Object.fromEntries(format.formatToParts(moment).map(({ type, value }) => [type, value]));
    return {
      weekday: `${parts.weekday}`.toLowerCase() as Weekday,
      minute: Number(parts.hour) * 60 + Number(parts.minute),
    };
  };
}

const HOUR = 3_600_000;
const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** Windows of one day, over midnight, over a clock change, and of almost a day. Minutes after midnight. */
const shapes: [number, number][] = [
  [22 * 60, 2 * 60],
  [0, 60],
  [90, 150],
  [23 * 60 + 30, 30],
  [12 * 60, 11 * 60],
];

/** Moments at which the zone's clock is changed within two years, epoch ms. */
function clockChanges(timezone: string): number[] {
  const end = at('2028-03-01T00:00Z');
  const found: number[] = [];
  for (
    let next = Temporal.Instant.from('2026-03-01T00:00Z')
      .toZonedDateTimeISO(timezone)
      .getTimeZoneTransition('next');
    next !== null && next.epochMilliseconds < end;
    next = next.getTimeZoneTransition('next')
  )
    found.push(next.epochMilliseconds);
  return found;
}

/** Zones with an ordinary change, one at midnight, one of half an hour, and with a short month of another offset. */
const fewZones = ['Europe/Berlin', 'America/Havana', 'Australia/Lord_Howe', 'Africa/Casablanca'];

it('is in force exactly while clocks are within its times, in every zone that changes its clocks', () => {
  const zones = long ? Intl.supportedValuesOf('timeZone') : fewZones;
  for (const timezone of zones) {
    const shown = clockOf(timezone);
    for (const change of clockChanges(timezone))
      for (const [fromMinute, untilMinute] of shapes) {
        const begin = change - 30 * HOUR;
        const { weekday } = shown(change);
        const onDay = weekdays.indexOf(weekday);
        const dayBefore = weekdays[(onDay + 6) % 7] ?? 'sun';
        const days = [dayBefore, weekdays[onDay] ?? 'sun'];
        const window: MaintenanceWindow = {
          kind: 'weekly',
          days,
          fromMinute,
          untilMinute,
          timezone,
          reason: 'r',
        };
        const periods = maintenanceWithin([window], begin, change + 50 * HOUR);
        for (let moment = begin; moment < change + 50 * HOUR; moment += HOUR / 2) {
          const { weekday: day, minute } = shown(moment);
          const started = weekdays[(weekdays.indexOf(day) + 6) % 7] ?? 'sun';
          const overMidnight = untilMinute <= fromMinute;
          const expected = overMidnight
            ? (days.includes(day) && minute >= fromMinute) || (days.includes(started) && minute < untilMinute)
            : days.includes(day) && minute >= fromMinute && minute < untilMinute;
          const actual = periods.some(({ from, until }) => from <= moment && moment < until);
          // An hour that clocks show twice belongs to the window whole, even when they already showed its end.
          const isNearChange = actual && Math.abs(moment - change) <= 2 * HOUR;
          if (actual !== expected && !isNearChange)
            throw new Error(
              `${timezone} ${new Date(moment).toISOString()} ${fromMinute}-${untilMinute}: ${actual}`,
            );
        }
      }
  }
});

it('is in force on the short day itself, which has 23 hours', () => {
  for (const iso of ['2026-03-29T20:00:00Z', '2026-03-29T22:30:00Z', '2026-03-29T23:59:59Z'])
    expect(maintenanceAt([sunday], at(iso))).toEqual({
      from: at('2026-03-29T20:00Z'),
      until: at('2026-03-30T00:00Z'),
      reason: 'deployment',
    });
});

it('does not occur when clocks skip all of it, and occurs once when they show it twice', () => {
  const early: MaintenanceWindow = { ...sunday, fromMinute: 130, untilMinute: 170 };
  expect(maintenanceWithin([early], at('2026-03-29T00:00Z'), at('2026-03-30T00:00Z'))).toEqual([]);
  expect(maintenanceWithin([early], at('2026-10-25T00:00Z'), at('2026-10-26T00:00Z'))).toEqual([
    { from: at('2026-10-25T00:10Z'), until: at('2026-10-25T01:50Z'), reason: 'deployment' },
  ]);
});
