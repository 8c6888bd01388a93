import { expect, test } from 'vitest';
import type { FieldRequirement, OptionValue } from '../../src/config/requirements.ts';
import { judgeFields } from '../../src/readiness/fields.ts';
import type { Field } from '../../src/spotdraft/schemas.ts';

const field = (variable: string, ...values: unknown[]): Field => ({
  variable,
  type: 'enum',
  label: null,
  required: true,
  parentRequired: null,
  defaultValue: null,
  options: values.map((value) => ({ label: null, value })),
});
const requirement = (variable: string, ...options: OptionValue[]): FieldRequirement => ({
  variable,
  type: null,
  required: null,
  options: options.length > 0 ? options : null,
});
/** "pass", or what was found and what to do. */
const judged = (required: FieldRequirement[], found: Field[]) =>
  judgeFields(required, found, 'intake form', []).map((finding) =>
    finding.status === 'fail' ? [finding.actual, finding.remedy] : finding.status,
  );

test.each<[OptionValue, unknown, string]>([
  ['Net 30', 'Net 30 ', 'found “Net 30 ”'],
  ['Net 30', 'Net\u00a030', 'found “Net[U+00A0 NO-BREAK SPACE]30”'],
  ['Net 30', 'net 30', 'found “net 30”'],
  ['Net 30', 'Net 60', 'values on offer: “Net 60”'],
  [30, '30', 'found the text “30”'],
  ['30', 30, 'found the number 30'],
  ['true', true, 'found the boolean true'],
  ['', ' ', 'found “ ”'],
  ['Café', 'Cafe\u0301', 'found “Cafe[U+0301 COMBINING ACUTE ACCENT]”'],
])('the option value %j is not %j', (wanted, offered, actual) => {
  expect(judged([requirement('terms', wanted)], [field('terms', offered)])).toEqual([
    [actual, expect.stringMatching(/^Give “terms” the option value /)],
  ]);
});

test.each<OptionValue>(['Net 30', 'Net 30 ', 30, '30', 0, false, '', 1.5])(
  'the option value %j is found in its own type and spelling',
  (value) => {
    expect(judged([requirement('terms', value)], [field('terms', 'another', value)])).toEqual(['pass']);
  },
);

test('a value of the other type says how the requirement is written for it', () => {
  expect(judged([requirement('terms', 30)], [field('terms', '30')])).toEqual([
    [
      'found the text “30”',
      'Give “terms” the option value 30 in intake form, or write "30" in quotes in the requirement if the integration sends text',
    ],
  ]);
  expect(judged([requirement('terms', '30')], [field('terms', 30)])).toEqual([
    [
      'found the number 30',
      'Give “terms” the option value “30” in intake form, or write 30 without quotes in the requirement if the integration sends it so',
    ],
  ]);
});

test.each([
  ['payment_terms', 'Payment_Terms', '“Payment_Terms”'],
  ['payment_terms', 'payment_terms ', '“payment_terms ”'],
  ['payment_terms', 'payment_term', '“payment_term”'],
  ['payment_terms', 'p\u0430yment_terms', '“p[U+0430 CYRILLIC SMALL LETTER A]yment_terms”'],
  ['law', 'l\u200baw', '“l[U+200B ZERO WIDTH SPACE]aw”'],
])('the variable %j is not %j', (wanted, other, shown) => {
  expect(judged([requirement(wanted)], [field(other)])).toEqual([
    [
      `not found; found ${shown}`,
      `Add the field “${wanted}” to intake form, or correct the requirement if the integration uses ${shown}`,
    ],
  ]);
});

test('the variable in its own case is found beside one in another case', () => {
  const found = [field('Terms'), field('terms'), field('TERMS')];
  expect(judged([requirement('terms')], found)).toEqual(['pass']);
  expect(judged([requirement('Terms'), requirement('TERMS')], found)).toEqual(['pass', 'pass']);
});

test('a variable that another requirement names is not offered for a missing one', () => {
  expect(judged([requirement('term_date'), requirement('term_dates')], [field('term_dates')])).toEqual([
    ['not found among 1 fields', 'Add the field “term_date” to intake form'],
    'pass',
  ]);
});
