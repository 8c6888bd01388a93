import { expect, test } from 'vitest';
import { compilePattern } from '../../src/config/pattern.ts';

test.each([
  ['^006[A-Za-z0-9]{12,15}$', '006AAA000111222', true],
  ['^006[A-Za-z0-9]{12,15}$', '006-AAA000111222', false],
  ['deal-\\d+', 'my deal-7', true],
  ['\\u0041\\/B', 'A/B', true],
  ['(?<region>eu|us)-', 'us-1', true],
])('%s is a JavaScript expression: on %j it gives %j', (source, text, matches) => {
  const pattern = compilePattern(source);
  expect([pattern?.source, pattern?.test(text), pattern?.test(text)]).toEqual([source, matches, matches]);
});

test.each(['(', 'a{2,1}', '[z-a]', '*'])('%s is no expression', (source) => {
  expect(compilePattern(source)).toBeNull();
});

test.each(['(?=a)b', '(?<!a)b', '(a)\\1'])('%s needs backtracking and is refused', (source) => {
  expect(compilePattern(source)).toBeNull();
});

test.each(['^(a+)+$', '^(a|a)*$', '(.*a){20}$', '^(\\w+\\s?)*$'])(
  '%s does not match a long hostile id, and says so within the time limit of a test',
  (source) => {
    expect(compilePattern(source)?.test(`${'a'.repeat(5_000)}!`)).toBe(false);
  },
);
