import { expect, it } from 'vitest';
import { createFarClocks } from '../../src/time/far-clocks.ts';

const NOW = Date.parse('2026-11-30T09:00Z');
const HOUR = 3_600_000;

it.each([
  ['right', 0, []],
  ['a minute ahead', 60_000, []],
  ['two hours ahead', 2 * HOUR, ['2 h ahead of SpotDraft']],
  ['two hours behind', -2 * HOUR, ['2 h behind SpotDraft']],
  ['100 days ahead', 2_400 * HOUR, ['100 d ahead of SpotDraft']],
])('a clock that is %s is told apart with direction and amount', (_how, lead, expected) => {
  const clocks = createFarClocks({ now: () => NOW });
  clocks.note('SpotDraft', new Date(NOW - lead).toUTCString());
  expect(clocks.problems()).toEqual(expected.map((text) => expect.stringContaining(text)));
  expect(Math.round(((clocks.now() ?? 0) - (NOW - lead)) / 10_000)).toBe(0);
});

it('an answer without a date says nothing, and the newest answer of each server counts', () => {
  let now = NOW;
  const clocks = createFarClocks({ now: () => now });
  for (const date of [null, '', 'yesterday']) clocks.note('Slack', date);
  expect([clocks.problems(), clocks.now()]).toEqual([[], null]);
  clocks.note('Slack', new Date(NOW - HOUR).toUTCString());
  clocks.note('SpotDraft', new Date(NOW + HOUR).toUTCString());
  expect(clocks.problems()).toHaveLength(2);
  now -= HOUR;
  clocks.note('Slack', new Date(NOW - HOUR).toUTCString());
  expect(clocks.problems()).toEqual([expect.stringContaining('SpotDraft')]);
});
