import { expect, test } from 'vitest';
import { compareSnapshots } from '../../../src/workspace/diff/compare-snapshots.ts';
import { planOf, planSections } from '../../../src/workspace/diff/plan.ts';
import type { SnapshotContent } from '../../../src/workspace/snapshot.ts';
import fc, { runs } from '../../fast-check.ts';
import { applyToContent } from './apply-to-content.ts';
import { anyContent, contentOf } from './contents.ts';

const planBetween = (left: SnapshotContent, right: SnapshotContent) =>
  planOf(compareSnapshots({ label: 'uat', content: left }, { label: 'prod', content: right }), 'uat', null);

test('an item is created before the items that refer to it and removed after them', () => {
  fc.assert(
    fc.property(anyContent, anyContent, (left, right) => {
      const steps = planBetween(left, right);
      const sections = (removed: boolean) =>
        steps
          .filter(({ action }) => (action === 'remove') === removed)
          .map(({ section }) => planSections.indexOf(section));
      expect(sections(false)).toEqual(sections(false).sort((a, b) => a - b));
      expect(sections(true)).toEqual(sections(true).sort((a, b) => b - a));
      const removals = steps.findIndex(({ action }) => action === 'remove');
      if (removals >= 0) expect(steps.slice(removals).every(({ action }) => action === 'remove')).toBe(true);
    }),
  );
});

/** Names that are easily taken for each other: in case, blanks, hidden characters, order of words and slips. */
const closeNames = contentOf(
  fc.constantFrom(
    ...['Legal', 'legal', 'Order Form', 'Order Forms', 'order-form', 'Form Order', 'Order\u200bForm'],
    ...['NA Sales', 'EU Sales', 'Net 30', 'Net 60', 'new_1_of_b', 'new_1_of_c', '30', 'a/b'],
  ),
  (name) => name,
).map((content) => {
  // The roles of members are those of the workspace.
  for (const { user } of content.users)
    if ('known' in user && user.known?.roles)
      user.known.roles = user.known.roles.filter((role) => content.roles.known.includes(role));
  return content;
});

test.each([
  ['any names', anyContent],
  ['names that are close to each other', closeNames],
])('no difference is left after the plan is followed: %s', (_names, content) => {
  fc.assert(
    fc.property(content, content, (left, right) => {
      // The entities of contract types alone: test/inspect/plan.test.ts follows plans for those of the workspace.
      for (const each of [left, right]) each.entities.known = [];
      const sides = (now: SnapshotContent) =>
        compareSnapshots({ label: 'uat', content: left }, { label: 'prod', content: now });
      const found = sides(right);
      // A person decides about items that nothing distinguishes, and about those of a side that was not asked.
      if (found.unknown.some(({ reason }) => reason.includes('cannot be told apart'))) return;
      const followed = structuredClone(right);
      applyToContent(followed, planOf(found, 'uat', null));
      expect(sides(followed)).toEqual({ differences: [], unknown: found.unknown });
    }),
    { numRuns: runs(100), endOnFailure: true },
  );
});

const whole: SnapshotContent = {
  version: 1,
  contractTypes: { known: ['NDA'] },
  contractTypeDetails: [
    {
      contractType: 'NDA',
      entities: { known: ['Northwind/US'] },
      metadataFields: {
        known: [
          {
            variable: 'law',
            type: 'enum',
            label: 'Law',
            required: true,
            options: [
              { value: 'ny', label: 'New York' },
              { value: 'TX', label: 'TX' },
            ],
          },
        ],
      },
    },
  ],
  templates: { known: [{ name: 'NDA - Standard', contractType: 'NDA' }] },
  roles: { known: ['Legal Team'] },
};

test('a plan step lists the complete content of the item to create', () => {
  const steps = planBetween(whole, {
    version: 1,
    contractTypes: { known: [] },
    templates: { known: [{ name: 'Trial', contractType: null }] },
    roles: { known: ['legal team'] },
  });
  expect(steps.map(({ action, path, title, details }) => [action, path, title, details])).toEqual([
    ['ensure', 'entities/Northwind~1US', 'Make sure that the entity “Northwind/US” exists', []],
    ['change', 'roles/Legal Team/name', 'Rename the role “legal team” to “Legal Team”', []],
    ['create', 'contractTypes/NDA', 'Create the contract type “NDA”', []],
    [
      'create',
      'contractTypes/NDA/entities/Northwind~1US',
      'Add the entity “Northwind/US” to the contract type “NDA”',
      [],
    ],
    [
      'create',
      'contractTypes/NDA/metadataFields/law',
      'Add the metadata field “law” to the contract type “NDA”',
      [
        'variable: law',
        'type: enum',
        'required: true',
        'label: Law',
        'option: value TX, label TX',
        'option: value ny, label New York',
      ],
    ],
    [
      'create',
      'templates/NDA - Standard',
      'Create the template “NDA - Standard”',
      ['contract type: NDA', expect.stringMatching(/^if it is archived, restore and publish it instead/)],
    ],
    ['remove', 'templates/Trial', 'Remove the template “Trial”, or add it to uat', []],
  ]);
});

test('a plan has no steps for equal workspaces or for places that could not be compared', () => {
  expect(planBetween(whole, structuredClone(whole))).toEqual([]);
  expect(planBetween(whole, { ...whole, roles: { unknown: 'timeout' } })).toEqual([]);
});
