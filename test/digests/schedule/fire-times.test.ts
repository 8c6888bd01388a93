import { Cron } from 'croner';
import { describe, expect, it } from 'vitest';
import { fireTimes } from '../../../src/digests/schedule/fire-times.ts';

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

/** All fire times between two moments. */
function between(cron: string, timezone: string, from: string, to: string): (string | null)[] {
  const times = fireTimes({ cron, timezone });
  const found: (string | null)[] = [];
  for (let at = times.after(Date.parse(from)); at !== null && at < Date.parse(to); at = times.after(at)) {
    // Searching backwards finds the same time.
    expect(iso(times.upTo(at))).toBe(iso(at));
    expect(iso(times.upTo(at + 59_999))).toBe(iso(at));
    expect(times.upTo(at - 1)).not.toBe(at);
    found.push(iso(at));
  }
  return found;
}

describe('a daily report at a local time that the clocks skip', () => {
  it.each([
    [
      '30 2 * * *',
      'America/New_York',
      '2026-03-07T12:00:00Z',
      '2026-03-08T07:00:00.000Z',
      '2026-03-09T06:30:00.000Z',
    ],
    [
      '30 2 * * *',
      'Australia/Adelaide',
      '2026-10-03T00:00:00Z',
      '2026-10-03T16:30:00.000Z',
      '2026-10-04T16:00:00.000Z',
    ],
    [
      '15 2 * * *',
      'Australia/Lord_Howe',
      '2026-10-03T00:00:00Z',
      '2026-10-03T15:30:00.000Z',
      '2026-10-04T15:15:00.000Z',
    ],
  ])('(%s in %s) comes once, at the end of the gap', (cron, zone, from, gap, next) => {
    const to = new Date(Date.parse(from) + 2 * 86_400_000).toISOString();
    expect(between(cron, zone, from, to)).toEqual([gap, next]);
  });
});

describe('a daily report at a local time that the clocks repeat', () => {
  it.each([
    [
      '30 1 * * *',
      'America/New_York',
      '2026-10-31T12:00:00Z',
      '2026-11-01T05:30:00.000Z',
      '2026-11-02T06:30:00.000Z',
    ],
    [
      '30 2 * * *',
      'Australia/Adelaide',
      '2026-04-04T00:00:00Z',
      '2026-04-04T16:00:00.000Z',
      '2026-04-05T17:00:00.000Z',
    ],
    [
      '45 1 * * *',
      'Australia/Lord_Howe',
      '2026-04-04T00:00:00Z',
      '2026-04-04T14:45:00.000Z',
      '2026-04-05T15:15:00.000Z',
    ],
  ])('(%s in %s) comes once, the first time', (cron, zone, from, first, next) => {
    const to = new Date(Date.parse(from) + 2 * 86_400_000).toISOString();
    expect(between(cron, zone, from, to)).toEqual([first, next]);
  });
});

it.each(['America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata'])(
  'a report at 02:30 in %s comes once on each day of a year',
  (zone) => {
    const found = between('30 2 * * *', zone, '2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z');
    const days = found.map((at) =>
      new Intl.DateTimeFormat('sv', { timeZone: zone }).format(Date.parse(at ?? '')),
    );
    expect(new Set(days).size).toBe(days.length);
    expect(days.length).toBeGreaterThanOrEqual(365);
  },
);

it('an hourly report follows real time: it comes 25 times on a day of 25 hours', () => {
  expect(
    between('0 * * * *', 'America/New_York', '2026-11-01T03:59:00Z', '2026-11-02T05:00:00Z'),
  ).toHaveLength(25);
});

it('daily times are those of croner, around every clock change and weekend', () => {
  const zones = [
    'America/New_York',
    'Europe/Berlin',
    'Australia/Lord_Howe',
    'Asia/Kolkata',
    'Africa/Casablanca',
    'UTC',
  ];
  for (const timezone of zones)
    for (const cron of ['30 2 * * *', '0 0 * * 1-5', '59 23 * * *', '15 9 * * 1-5']) {
      const times = fireTimes({ cron, timezone });
      const reference = new Cron(cron, { mode: '5-part', timezone, paused: true });
      for (
        let at = Date.parse('2026-02-20T05:17:00Z');
        at < Date.parse('2026-11-10T00:00:00Z');
        at += 37 * 3_600_000
      ) {
        expect([timezone, cron, iso(times.after(at))]).toEqual([
          timezone,
          cron,
          reference.nextRun(new Date(at))?.toISOString(),
        ]);
        expect([timezone, cron, iso(times.upTo(at))]).toEqual([
          timezone,
          cron,
          reference.previousRuns(1, new Date(at + 1))[0]?.toISOString(),
        ]);
      }
    }
});
