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
  const clocks = createFarClocks({ now: () => NOW });
  for (const date of [null, '', 'yesterday']) clocks.note('Slack', date);
  expect([clocks.problems(), clocks.now()]).toEqual([[], null]);
  for (const lead of [HOUR, -HOUR]) clocks.note('Slack', new Date(NOW + lead).toUTCString());
  expect(clocks.problems()).toEqual([expect.stringContaining("60 min ahead of Slack's. Set it right")]);
});

it.each([
  ['two hours ahead', 2 * HOUR],
  ['an hour behind', -HOUR],
  ['a day ahead', 24 * HOUR],
  ['100 days behind', -2_400 * HOUR],
])(
  'a clock that is set %s and right again is told at once both times, without another answer',
  (_how, lead) => {
    const [start, at] = [NOW, { now: NOW, elapsed: 0 }];
    const clocks = createFarClocks({ now: () => at.now }, () => at.elapsed);
    for (const source of ['Slack', 'SpotDraft']) clocks.note(source, new Date(start).toUTCString());
    const after = (elapsed: number, wrong: number) => {
      Object.assign(at, { elapsed, now: start + elapsed + wrong });
      return clocks.problems().length;
    };
    expect([after(0, 0), after(5_000, lead), after(9_000, 0), after(HOUR, lead), after(2 * HOUR, 0)]).toEqual(
      [0, 2, 0, 2, 0],
    );
    expect(clocks.now()).toBe(start + 2 * HOUR);
  },
);

it('two servers that disagree with each other are not both believed', () => {
  const clocks = createFarClocks({ now: () => NOW });
  clocks.note('Slack', new Date(NOW).toUTCString());
  clocks.note('SpotDraft', new Date(NOW - HOUR).toUTCString());
  expect(clocks.problems()).toEqual([
    "The clock of this machine is 60 min ahead of SpotDraft's. It agrees with Slack's: check which of them is right",
  ]);
  // Nothing is deleted that one of them finds young.
  expect(Math.round(((clocks.now() ?? 0) - NOW) / 10_000)).toBe(-360);
});
