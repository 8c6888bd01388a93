import { expect, it } from 'vitest';
import { isYoung } from '../../src/time/age.ts';

const NOW = Date.parse('2026-11-30T09:00Z');
const MINUTE = 60_000;

it.each([
  ['of this moment', 0, 5 * MINUTE, true],
  ['just within the limit', -5 * MINUTE + 1, 5 * MINUTE, true],
  ['at the limit', -5 * MINUTE, 5 * MINUTE, false],
  ['of another machine that leads by half a minute', MINUTE / 2, 5 * MINUTE, true],
  ['a minute ahead', MINUTE, 5 * MINUTE, false],
  ['two hours ahead', 120 * MINUTE, 24 * 60 * MINUTE, false],
  ['further ahead than a short limit', 10_000, 5_000, false],
  ['that is the beginning of all times', Number.NEGATIVE_INFINITY, 5 * MINUTE, false],
])('a time %s has the right age', (_when, offset, limit, expected) => {
  expect(isYoung(NOW + offset, NOW, limit)).toBe(expected);
});
