import { expect, test } from 'vitest';
import { longSalesforceId, sameRecordId, shortSalesforceId } from '../../src/text/salesforce-id.ts';
import fc from '../fast-check.ts';

const SHORT = '001A0000006Vm9r';
const LONG = '001A0000006Vm9rIAC';

test('the two forms of an id belong together by its checksum', () => {
  expect(longSalesforceId(SHORT)).toBe(LONG);
  expect(shortSalesforceId(LONG)).toBe(SHORT);
});

test('an 18-character id whose case was lost is the same record', () => {
  for (const id of [LONG.toLowerCase(), LONG.toUpperCase(), ` ${LONG} `])
    expect(sameRecordId(id)).toBe(SHORT);
});

test.each([
  ['a wrong checksum', '001A0000006Vm9rIAD'],
  ['another case in a few characters', '001a0000006Vm9rIAC'],
  ['a checksum with a digit that no group has', '001A0000006Vm9rI9C'],
  ['a capital where there is a digit, in lower case', '001a0000006vm9r5ac'],
  ['16 characters', `${SHORT}I`],
  ['a dash', '001A0000006Vm9-IAC'],
])('%s makes no second form', (_, id) => {
  expect(shortSalesforceId(id)).toBeNull();
  expect(sameRecordId(id)).toBe(id);
});

test('15-character ids that differ in case are different records', () => {
  expect(sameRecordId('001A0000006Vm9r')).not.toBe(sameRecordId('001A0000006VM9r'));
});

test('each 15-character id has one long form, which leads back to it in any single case', () => {
  const characters = [...'ABCXYZabcxyz0189'];
  const id = fc
    .array(fc.constantFrom(...characters), { minLength: 15, maxLength: 15 })
    .map((all) => all.join(''));
  fc.assert(
    fc.property(id, (short) => {
      const long = longSalesforceId(short) ?? '';
      expect(long).toHaveLength(18);
      for (const each of [long, long.toLowerCase(), long.toUpperCase()])
        expect(sameRecordId(each)).toBe(short);
    }),
  );
});
