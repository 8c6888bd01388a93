import { describe, expect, it } from 'vitest';
import type { MaintenanceWindow } from '../../../src/config/config.ts';
import { maintenanceAt, maintenanceWithin } from '../../../src/digests/schedule/maintenance.ts';

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
