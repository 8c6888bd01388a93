import { expect, test } from 'vitest';
import { carryOver } from '../../../src/workspace/diff/carry-over.ts';
import { compareSnapshots } from '../../../src/workspace/diff/compare-snapshots.ts';
import type { SnapshotContent, SnapshotField } from '../../../src/workspace/snapshot.ts';
import fc, { runs } from '../../fast-check.ts';
import { anyContent, type WholeContent } from './contents.ts';

const compare = (left: SnapshotContent, right: SnapshotContent) =>
  compareSnapshots({ label: 'before', content: left }, { label: 'now', content: right });

/** The same configuration as an earlier version of Envcheck stored it. */
function storedEarlier(content: WholeContent): SnapshotContent {
  const older = structuredClone(content);
  const fields = (list: { known: SnapshotField[] }) => {
    for (const field of list.known) {
      delete field.parentRequired;
      delete field.defaultValue;
    }
  };
  for (const each of older.templateFields) {
    fields(each.fields);
    Reflect.deleteProperty(each, 'counterPartyKind');
  }
  for (const each of older.contractTypeDetails) {
    fields(each.intakeFields);
    fields(each.metadataFields);
  }
  Reflect.deleteProperty(older, 'entities');
  for (const { signatories, approvals } of older.workflows.known) {
    for (const each of signatories) {
      delete each.conditional;
      delete each.conditionalRouting;
    }
    for (const each of approvals) {
      delete each.conditional;
      delete each.role;
    }
  }
  return older;
}

const LATER =
  /^(?:entities|templates\/.*\/counterPartyKind|.*\/(?:parentRequired|defaultValue|conditional|conditionalRouting|role))$/;

test('a snapshot of an earlier version differs in nothing, and what it lacks is not compared', () => {
  fc.assert(
    fc.property(anyContent, fc.boolean(), (content, isLeft) => {
      const older = storedEarlier(content);
      const { differences, unknown } = isLeft ? compare(older, content) : compare(content, older);
      expect(differences).toEqual([]);
      for (const { path } of unknown) expect(path).toMatch(LATER);
      expect(compare(older, structuredClone(older))).toEqual({ differences: [], unknown: [] });
    }),
    { endOnFailure: true, numRuns: runs(30) },
  );
});

const types: SnapshotContent = { version: 1, contractTypes: { known: ['Order Form'] } };
const entities = (...list: (string | { name: string; isPrimary: boolean })[]): SnapshotContent => ({
  ...types,
  contractTypeDetails: [{ contractType: 'Order Form', entities: { known: list } }],
});

test('another primary entity of a contract type is a difference, and names alone are not compared with it', () => {
  const one = { name: 'Acme Inc.', isPrimary: true };
  expect(compare(entities(one), entities({ ...one, isPrimary: false })).differences).toEqual([
    {
      path: 'contractTypes/Order Form/entities/Acme Inc./isPrimary',
      kind: 'changed',
      weight: 'risky',
      left: true,
      right: false,
    },
  ]);
  expect(compare(entities('Acme Inc.'), entities(one))).toEqual({
    differences: [],
    unknown: [
      { path: 'contractTypes/Order Form/entities/Acme Inc./isPrimary', reason: 'it was not read in before' },
    ],
  });
});

const field = (change: Partial<SnapshotField>): SnapshotContent => ({
  version: 1,
  templates: { known: [{ name: 'NDA', contractType: null }] },
  templateFields: [
    {
      template: 'NDA',
      fields: {
        known: [{ variable: 'term', type: 'int', label: null, required: false, options: [], ...change }],
      },
    },
  ],
});
const defaults: [unknown, unknown, string | null][] = [
  [24, 24, null],
  [24, '24', 'risky'],
  [24, null, 'breaking'],
  [null, 24, 'risky'],
  [false, null, 'breaking'],
  [['a', 'b'], ['a', 'b'], null],
  [['a', 'b'], ['b', 'a'], 'risky'],
  [{ amount: 1, currency: 'EUR' }, { currency: 'EUR', amount: 1 }, null],
];
test.each(defaults)('a default of %j that became %j has the weight %s', (left, right, weight) => {
  const { differences } = compare(field({ defaultValue: left }), field({ defaultValue: right }));
  expect(differences.map((each) => each.weight)).toEqual(weight === null ? [] : [weight]);
});

const obligations: [boolean | null, boolean | null, string | null][] = [
  [null, false, null],
  [null, true, 'breaking'],
  [false, true, 'breaking'],
  [true, null, 'risky'],
];
test.each(obligations)('an obligation of %j that became %j has the weight %s', (left, right, weight) => {
  const { differences, unknown } = compare(field({ parentRequired: left }), field({ parentRequired: right }));
  expect(differences.map((each) => each.weight)).toEqual(weight === null ? [] : [weight]);
  expect(unknown).toEqual([]);
});

const kind = (counterPartyKind: string | null, fields: object = { known: [] }): SnapshotContent => ({
  version: 1,
  templates: { known: [{ name: 'NDA', contractType: null }] },
  templateFields: [
    {
      template: 'NDA',
      fields: fields as { known: [] },
      ...(counterPartyKind !== null && { counterPartyKind }),
    },
  ],
});
const kinds: [string, string, string | null][] = [
  ['Organisation', 'Organization', null],
  ['Both', 'both', null],
  ['Both', 'Organization', 'breaking'],
  ['Organisation', 'Individual', 'breaking'],
  ['Individual', 'Both', 'risky'],
];
test.each(kinds)('a template for %s that became one for %s has the weight %s', (left, right, weight) => {
  const { differences } = compare(kind(left), kind(right));
  expect(differences.map((each) => each.weight)).toEqual(weight === null ? [] : [weight]);
});

test('fields that could not be read are reported without the kind of counterparty, which comes with them', () => {
  const { unknown } = compare(kind('Both'), kind(null, { unknown: 'timeout' }));
  expect(unknown.map(({ path }) => path)).toEqual(['templates/NDA/fields']);
});

test('a kind of counterparty survives a failed read between two readings', () => {
  const state = carryOver(kind('Both'), kind(null, { unknown: 'timeout' }));
  expect(compare(state, kind('Individual')).differences.map(({ path }) => path)).toEqual([
    'templates/NDA/counterPartyKind',
  ]);
});

test('entities survive a failed read between two readings', () => {
  const acme = { name: 'Acme Inc.', referenceId: 'US20', isPrimary: true };
  const content = (known: (typeof acme)[]): SnapshotContent => ({ version: 1, entities: { known } });
  const state = carryOver(content([acme]), { version: 1, entities: { unknown: 'timeout' } });
  expect(compare(state, content([{ ...acme, referenceId: 'US21' }])).differences).toEqual([
    {
      path: 'entities/Acme Inc./referenceId',
      kind: 'changed',
      weight: 'breaking',
      left: 'US20',
      right: 'US21',
    },
  ]);
});
