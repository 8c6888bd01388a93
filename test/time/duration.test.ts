import { expect, test } from 'vitest';
import { durationMs } from '../../src/time/duration.ts';
import { load, problemsOf, withSections } from '../config/written-config.ts';
import fc from '../fast-check.ts';

const keep = (text: string) => withSections(`log: { keep: ${JSON.stringify(text)} }`);
const minutes = { m: 1, h: 60, d: 24 * 60 };

test('a number and a unit become milliseconds, whatever the number', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 99_999 }), fc.constantFrom('m', 'h', 'd'), (count, unit) => {
      expect(durationMs(`${count}${unit}`)).toBe(count * minutes[unit] * 60 * 1000);
    }),
  );
});

test('any other text is refused, and never becomes a number', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      fc.pre(!/^[1-9]\d{0,4}[mhd]$/.test(text));
      expect(() => durationMs(text)).toThrow(RangeError);
    }),
  );
});

test.each(['0h', '72', '72 h', '72H', '1.5h', '-1h', '1h30m', '100000d', '07d', '', '90s', ' 90d'])(
  'the file is refused with the duration "%s"',
  (text) => {
    expect(problemsOf(keep(text))).toMatchObject([
      { path: 'log.keep', value: JSON.stringify(text), remedy: 'write it like 30m, 72h or 90d' },
    ]);
  },
);

test.each([
  ['30m', 1_800_000],
  ['72h', 259_200_000],
  ['90d', 7_776_000_000],
])('the file is accepted with the duration %s', (text, keepMs) => {
  expect(load(keep(text)).log.keepMs).toBe(keepMs);
});
