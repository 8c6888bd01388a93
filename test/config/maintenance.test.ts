import { describe, expect, test } from 'vitest';
import { load, problemsOf, withKeys } from './written-config.ts';

const windows = (...lines: string[]): string =>
  withKeys(['maintenance:', ...lines.map((line) => `  - ${line}`)].join('\n'));
const brief = (line: string) =>
  problemsOf(windows(line)).map(
    ({ path, wrong }) => `${path.replace(/^environments\.uat\.maintenance\[0\]\.?/, '')} ${wrong}`,
  );

describe('a maintenance window', () => {
  test('happens once or every week', () => {
    const { environments } = load(
      windows(
        '{ from: "2026-12-05T20:00+01:00", until: "2026-12-06T02:00Z", reason: move }',
        '{ days: [sat, sun], from: "22:00", until: "02:30", timezone: Europe/Berlin, reason: deployment }',
      ),
    );
    expect(environments[0]?.maintenance).toEqual([
      {
        kind: 'once',
        from: Date.parse('2026-12-05T19:00Z'),
        until: Date.parse('2026-12-06T02:00Z'),
        reason: 'move',
      },
      {
        kind: 'weekly',
        days: ['sat', 'sun'],
        fromMinute: 22 * 60,
        untilMinute: 150,
        timezone: 'Europe/Berlin',
        reason: 'deployment',
      },
    ]);
  });

  test.each([
    [
      '{ from: "22:00", until: "23:00", reason: r }',
      [
        'from is a time of day, although the window has no days',
        'until is a time of day, although the window has no days',
      ],
    ],
    [
      '{ days: [sun], from: "2026-12-05T20:00Z", until: "23:00", reason: r }',
      ['from is not a time of day, although the window has days'],
    ],
    ['{ days: [sun], from: "22:00", until: "22:00", reason: r }', ['until is the same as from']],
    ['{ from: "2026-12-05T20:00Z", until: "2026-12-05T19:00Z", reason: r }', ['until is not after from']],
    [
      '{ from: "2026-12-05T20:00Z", until: "2026-12-05T21:00Z", timezone: UTC, reason: r }',
      ['timezone is in a window without days'],
    ],
    ['{ days: [sun, sun], from: "22:00", until: "23:00", reason: r }', ['days[1] is listed twice']],
    ['{ days: [sunday], from: "22:00", until: "23:00", reason: r }', ['days[0] is not allowed']],
    ['{ from: "2026-02-30T20:00Z", until: "2026-03-05T21:00Z", reason: r }', ['from is not allowed']],
    ['{ from: "2026-12-05T20:00", until: "2026-12-05T21:00Z", reason: r }', ['from is not allowed']],
    ['{ days: [sun], from: "29:00", until: "23:00", reason: r }', ['from is not allowed']],
    ['{ from: "2026-12-05T20:00Z", until: "2026-12-05T21:00Z" }', ['reason is missing']],
  ])('is refused as %s', (line, problems) => {
    expect(brief(line)).toEqual(problems);
  });
});
