import { expect, test } from 'vitest';
import { characterName } from '../../src/text/character-names.ts';
import { lookOf, withHiddenNamed } from '../../src/text/hidden-differences.ts';
import fc from '../fast-check.ts';

test.each([
  ['Order\u00a0Form', 'Order Form', 'Order[U+00A0 NO-BREAK SPACE]Form'],
  ['Order\u200b Form', 'Order Form', 'Order[U+200B ZERO WIDTH SPACE] Form'],
  ['\u041erder Form', 'Order Form', '[U+041E CYRILLIC CAPITAL LETTER O]rder Form'],
  ['Cafe\u0301', 'Caf\u00e9', 'Cafe[U+0301 COMBINING ACUTE ACCENT]'],
  ['Caf\u00e9', 'Cafe\u0301', 'Caf[U+00E9 LATIN SMALL LETTER E WITH ACUTE]'],
  ['\uff2frder', 'Order', '[U+FF2F FULLWIDTH LATIN CAPITAL LETTER O]rder'],
  ['Or\u00adder', 'Order', 'Or[U+00AD SOFT HYPHEN]der'],
  ['\u202eOrder', 'Order', '[U+202E RIGHT-TO-LEFT OVERRIDE]Order'],
  ['\u200fOrder\u200e', 'Order', '[U+200F RIGHT-TO-LEFT MARK]Order[U+200E LEFT-TO-RIGHT MARK]'],
  ['Order \u2013 A', 'Order - A', 'Order [U+2013 EN DASH] A'],
  ['Order  Form', 'Order Form', 'Order [U+0020 SPACE]Form'],
  ['Order ', 'Order', 'Order '],
  ['Order\tForm', 'Order Form', 'Order[U+0009 TAB]Form'],
  ['\u039fRDER', 'Order', '[U+039F GREEK CAPITAL LETTER OMICRON]RDER'],
  ['Or\u0001der', 'Order', 'Or[U+0001 AN INVISIBLE CHARACTER]der'],
  ['Order\u{e0041}', 'Order', 'Order[U+E0041 AN INVISIBLE CHARACTER]'],
])('%j beside %j is shown as %s', (text, other, shown) => {
  expect(lookOf(text)).toBe(lookOf(other));
  expect(withHiddenNamed(text, other)).toBe(shown);
});

test.each([
  ['Order Forms', 'Order Form'],
  ['order form', 'Order Form'],
  ['Übung', 'übung'],
  ['日本', 'Order Form'],
  ['Order Form', 'Order\u00a0Form'],
])('%j beside %j stays as it is', (text, other) => {
  expect(withHiddenNamed(text, other)).toBe(text);
});

test('a text without differences, or of any length, is shown without an error', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (left, right) => {
      expect(withHiddenNamed(left, left)).toBe(left);
      expect(withHiddenNamed(left, right).length).toBeGreaterThanOrEqual([...left].length);
    }),
  );
  expect(withHiddenNamed(`${'a '.repeat(5000)}\u200b`, 'b'.repeat(9000))).toContain('U+200B');
});

test('a character has its code, and its name where the table knows it', () => {
  expect(characterName('\u2007')).toBe('U+2007 FIGURE SPACE');
  expect(characterName('\u0401')).toBe('U+0401 A CYRILLIC CHARACTER');
  expect(characterName('\u2776')).toBe('U+2776');
});
