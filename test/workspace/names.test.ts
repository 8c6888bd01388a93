import { expect, test } from 'vitest';
import { areNear, locate } from '../../src/workspace/names.ts';

const find = (name: string, entries: string[], claimed: string[] = []) =>
  locate(entries, name, (entry) => entry, claimed);

test.each([
  ['Legal', ['legal', 'Legal', 'LEGAL'], 'Legal'],
  ['legal', ['Legal', 'legal '], 'legal '],
  ['NDA', ['nda', ' NDA'], ' NDA'],
  ['Café', ['café', 'Cafe\u0301'], 'Cafe\u0301'],
  ['Legal', ['LEGAL'], 'LEGAL'],
])('the closest spelling of %j in %j is found', (name, entries, match) => {
  expect(find(name, entries)).toEqual({ kind: 'found', match });
});

test.each([
  ['Legal', ['Legal', 'Legal']],
  ['Legal', ['legal', 'LEGAL']],
  ['Legal', [' Legal', 'Legal ', 'legal']],
])('%j in %j is ambiguous', (name, entries) => {
  expect(find(name, entries)).toEqual({ kind: 'ambiguous', count: 2 });
});

test('an entry that another requirement names exactly belongs to that requirement', () => {
  expect(find('legal', ['Legal'], ['Legal'])).toEqual({ kind: 'missing', near: null });
  expect(find('Order Form', ['Order Forms'], ['Order Forms'])).toEqual({ kind: 'missing', near: null });
  expect(find('Order Form', ['Order Forms'])).toEqual({ kind: 'missing', near: 'Order Forms' });
});

test('the name that looks the same is offered before a similar one', () => {
  expect(find('Order Form', ['Order Forms', 'Order\u200b Form'])).toEqual({
    kind: 'missing',
    near: 'Order\u200b Form',
  });
});

test.each([
  ['Order Form', 'Order Forms'],
  ['Order Form', 'Order-Form'],
  ['Order Form', 'OrderForm'],
  ['order_form', 'Order Form'],
  ['Order Form', 'Form, Order'],
  ['Mutual NDA', 'NDA (Mutual)'],
  ['Order Form', 'Odrer Form'],
  ['Organisation', 'Organization'],
  ['Order Form', '\u041erder F\u043erm'],
  ['MSA', 'MSA\u00a0'],
  ['Net 30', 'net-30'],
  ['Mutual NDA', 'Mutual NDAs '],
  ['Northwind GmbH', 'Northwind GmbH.'],
])('%j and %j are near', (left, right) => {
  expect([areNear(left, right), areNear(right, left)]).toEqual([true, true]);
});

test.each([
  ['Employment Contract', 'Data Processing Agreement'],
  ['NA Sales', 'EU Sales'],
  ['Net 30', 'Net 60'],
  ['Order Form 2023', 'Order Form 2024'],
  ['v1.1', 'v11'],
  ['NDA', 'MSA'],
  ['US', 'UK'],
  ['Employer', 'Employee'],
  ['Licensor', 'Licensee'],
  ['Internal Review', 'External Review'],
  ['Conditional', 'Unconditional'],
  ['Seller to Buyer', 'Buyer to Seller'],
  ['Sales Manager', 'Case Manager'],
  ['Schedule A', 'Schedule B'],
  ['Schedule A', 'Schedule'],
  ['C++', 'C#'],
  ['C++', 'C'],
  ['🚀', '🛸'],
  ['*', '**'],
  ['Order Form', ''],
])('%j and %j are two names', (left, right) => {
  expect([areNear(left, right), areNear(right, left)]).toEqual([false, false]);
});
