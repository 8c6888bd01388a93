import { expect, test } from 'vitest';
import { readSince, readUntil, utcText } from '../../src/time/since.ts';

const NOW = Date.UTC(2026, 10, 30, 12);
const read = (text: string) => readSince(text, NOW);

test('a date and a time without a zone are UTC in every zone of the machine', () => {
  const zone = process.env.TZ;
  process.env.TZ = 'America/New_York';
  try {
    expect(new Date(2026, 10, 30).getTimezoneOffset()).not.toBe(0);
    expect(read('2026-11-30')).toEqual({ at: Date.UTC(2026, 10, 30) });
    expect(read('2026-11-30T09:00')).toEqual({ at: Date.UTC(2026, 10, 30, 9) });
    expect(read('2026-11-30 09:00:01.5')).toEqual({ at: Date.UTC(2026, 10, 30, 9, 0, 1, 500) });
  } finally {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  }
});

test.each([
  ['2026-11-30T09:00:00.289Z', Date.UTC(2026, 10, 30, 9, 0, 0, 289)],
  ['2026-11-30T09:00+02:00', Date.UTC(2026, 10, 30, 7)],
  ['2026-11-30T09:00-0530', Date.UTC(2026, 10, 30, 14, 30)],
  ['2024-02-29', Date.UTC(2024, 1, 29)],
  ['2000-02-29', Date.UTC(2000, 1, 29)],
  ['09:10', Date.UTC(2026, 10, 30, 9, 10)],
  ['9:10', Date.UTC(2026, 10, 30, 9, 10)],
  ['12:00', NOW],
  ['23:50', Date.UTC(2026, 10, 29, 23, 50)],
  ['09:10:30Z', Date.UTC(2026, 10, 30, 9, 10, 30)],
  // The calendar of this zone shows 1 December since ten o'clock UTC.
  ['01:15+14:00', Date.UTC(2026, 10, 30, 11, 15)],
  ['23:15 -0500', Date.UTC(2026, 10, 30, 4, 15)],
  ['90m', NOW - 90 * 60_000],
  ['Yesterday', NOW - 86_400_000],
  ['8:48am', Date.UTC(2026, 10, 30, 8, 48)],
  ['8.48 p.m.', Date.UTC(2026, 10, 29, 20, 48)],
  ['12 AM', Date.UTC(2026, 10, 30)],
  ['12pm', NOW],
  ['yesterday at 20:48', Date.UTC(2026, 10, 29, 20, 48)],
  ['today 8:48 AM', Date.UTC(2026, 10, 30, 8, 48)],
  ['2026-11-30 09:00:11 UTC', Date.UTC(2026, 10, 30, 9, 0, 11)],
  ['30 Nov', Date.UTC(2026, 10, 30)],
  ['Nov 29th at 8:48 PM', Date.UTC(2026, 10, 29, 20, 48)],
  ['November 29, 2026', Date.UTC(2026, 10, 29)],
  ['30. November 2026', Date.UTC(2026, 10, 30)],
  ['30.11.2026 09:00', Date.UTC(2026, 10, 30, 9)],
  ['Mon, 30 Nov 2026 09:00:11 GMT', Date.UTC(2026, 10, 30, 9, 0, 11)],
  ['30/Nov/2026:09:00:11 +0200', Date.UTC(2026, 10, 30, 7, 0, 11)],
  ['30-Nov-2026', Date.UTC(2026, 10, 30)],
  ['30/11/2026 10:00', Date.UTC(2026, 10, 30, 10)],
  ['11/29/2026 9:00 AM', Date.UTC(2026, 10, 29, 9)],
  ['11/11/26', Date.UTC(2026, 10, 11)],
  ['30.11.26', Date.UTC(2026, 10, 30)],
  ['30-NOV-26', Date.UTC(2026, 10, 30)],
  ['30 Nov 10:20', Date.UTC(2026, 10, 30, 10, 20)],
  ['30 novembre 2026', Date.UTC(2026, 10, 30)],
  ['lundi 30 novembre 2026 à 10h30', Date.UTC(2026, 10, 30, 10, 30)],
  ['le 1er août', Date.UTC(2026, 7, 1)],
  ['14 févr. 2026', Date.UTC(2026, 1, 14)],
  ['Montag, 30. November, 10:00 Uhr', Date.UTC(2026, 10, 30, 10)],
  ['Di., 3. März 2026 um 8:05 Uhr', Date.UTC(2026, 2, 3, 8, 5)],
  ['9. Dez. 2025', Date.UTC(2025, 11, 9)],
  ['gestern um 20:48 Uhr', Date.UTC(2026, 10, 29, 20, 48)],
  ['hier à 20:48', Date.UTC(2026, 10, 29, 20, 48)],
  ['Mon Nov 30 09:00:00 UTC 2026', Date.UTC(2026, 10, 30, 9)],
  ['Mon Nov  2 09:00:00 2026', Date.UTC(2026, 10, 2, 9)],
  ['Mon Nov 30 2026 10:00:00 GMT+0100 (Central European Standard Time)', Date.UTC(2026, 10, 30, 9)],
  ['20261130T090000Z', Date.UTC(2026, 10, 30, 9)],
  ['20261130T1000+0100', Date.UTC(2026, 10, 30, 9)],
  ['1796000000.000100', 1_796_000_000_000],
  [
    'https://northwind.slack.com/archives/C0123ABCD/p1796000000000100?thread_ts=1796000000.0001',
    1_796_000_000_000,
  ],
  // A date without a year is the last one.
  ['24 Dec', Date.UTC(2025, 11, 24)],
  ['1796000000', 1_796_000_000_000],
  ['1796000000123', 1_796_000_000_123],
])('“%s” is read', (text, at) => {
  expect(read(text)).toEqual({ at });
});

test.each([
  ['2026-02-30', 'there is no day 30 in 2026-02: 01 to 28'],
  ['2025-02-29', 'there is no day 29 in 2025-02: 01 to 28'],
  ['1900-02-29', 'there is no day 29 in 1900-02: 01 to 28'],
  ['2026-04-31T10:00Z', 'there is no day 31 in 2026-04: 01 to 30'],
  ['2026-11-00', 'there is no day 00 in 2026-11: 01 to 30'],
  ['2026-13-01', 'there is no month 13: 01 to 12'],
  ['2026-00-10', 'there is no month 00: 01 to 12'],
  ['2026-11-30T24:61', 'there is no hour 24: 00 to 23'],
  ['2026-11-30T24:00', 'there is no hour 24: 00 to 23'],
  ['2026-11-30T09:60', 'there is no minute 60: 00 to 59'],
  ['2026-11-30T09:00:60Z', 'there is no second 60: 00 to 59'],
  ['31 Feb', 'there is no day 31 in 2026-02: 01 to 28'],
  ['30 Nov 25:10', 'there is no hour 25: 00 to 23'],
  ['31/02/2026', 'there is no day 31 in 2026-02: 01 to 28'],
  ['13/13/2026', 'there is no month 13: 01 to 12'],
  ['11/12/2026', '11/12/2026 can be read in two ways; write it as 2026-11-30'],
  ['24:10', 'there is no hour 24: 00 to 23'],
  ['09:60', 'there is no minute 60: 00 to 59'],
  ['09:10+15:00', 'there is no time zone +15:00: -12:00 to +14:00'],
  ['2026-11-30T09:00+15:00', 'there is no time zone +15:00: -12:00 to +14:00'],
  ['2026-11-30T09:00+01:75', 'there is no time zone +01:75: -12:00 to +14:00'],
])('“%s” is refused with the part that is impossible', (text, problem) => {
  expect(read(text)).toEqual({ problem });
});

test.each([
  '',
  'soon',
  '2026',
  '2026-11',
  '26-11-30',
  '2026-11-3',
  '2026-11-30T',
  '2026-11-30T9:00',
  '13pm',
  '20.48',
  'maybe 3',
  'Mar 1:30',
  '12 monkeys',
  '1234567890',
  '2026/11/30',
  '-3d',
  '0d',
  '2026-11-30T09:00 CET',
  '12345678',
])('“%s” is refused with the forms that are read', (text) => {
  expect(read(text)).toEqual({ problem: expect.stringMatching(/^give a duration before now/) });
});

test('a time is shown in UTC, with seconds only when there are some', () => {
  expect(utcText(Date.UTC(2026, 10, 30, 9))).toBe('2026-11-30 09:00 UTC');
  expect(utcText(Date.UTC(2026, 10, 30, 9, 0, 7))).toBe('2026-11-30 09:00:07 UTC');
  expect(utcText(Date.UTC(2026, 10, 30, 9, 0, 0, 289))).toBe('2026-11-30 09:00:00.289 UTC');
});

test('the end of a period is a time of today, also when that is still to come', () => {
  expect(readUntil('23:50', NOW, null)).toEqual({ at: Date.UTC(2026, 10, 30, 23, 50) });
  expect(readUntil('09:30+01:00', NOW, null)).toEqual({ at: Date.UTC(2026, 10, 30, 8, 30) });
  expect(readUntil('90m', NOW, null)).toEqual(readSince('90m', NOW));
  expect(readUntil('23:50', NOW, '3d')).toEqual({ at: Date.UTC(2026, 10, 30, 23, 50) });
});

test.each([
  // NOW is 12:00.
  ['09:10', '09:30', [30, 9, 10], [30, 9, 30]],
  ['13:10', '13:30', [29, 13, 10], [29, 13, 30]],
  ['11:50', '12:10', [30, 11, 50], [30, 12, 10]],
  ['23:50', '00:10', [29, 23, 50], [30, 0, 10]],
  ['9am', '9am', [30, 9, 0], [31, 9, 0]],
  ['13:10+02:00', '11:30Z', [30, 11, 10], [30, 11, 30]],
])('a period from %s to %s ends at the first such time behind its begin', (since, until, from, to) => {
  const at = ([day = 0, hour, minute]: number[]) => ({ at: Date.UTC(2026, 10, day, hour, minute) });
  expect(read(since)).toEqual(at(from));
  expect(readUntil(until, NOW, since)).toEqual(at(to));
});
