import { expect, test } from 'vitest';
import { compareSnapshots } from '../../../src/workspace/diff/compare-snapshots.ts';
import type { SnapshotContent, SnapshotWorkflow } from '../../../src/workspace/snapshot.ts';

const ROLES: SnapshotContent = { version: 1, roles: { known: ['Legal Team', 'NA Sales'] } };

/** Workflows of analytics, in which every cell may be empty. */
const compare = (left: SnapshotWorkflow[], right: SnapshotWorkflow[]) =>
  compareSnapshots(
    { label: 'uat', content: { ...ROLES, workflows: { known: left } } },
    { label: 'prod', content: { ...ROLES, workflows: { known: right } } },
  );

const cfo = { party: 'CREATOR_PARTY', name: 'CFO', order: 1, conditional: false, conditionalRouting: false };
const legal = { name: 'Legal review', order: 1, conditional: false, role: 'Legal Team' };
const workflow = (change: Partial<SnapshotWorkflow> = {}): SnapshotWorkflow => ({
  title: 'Order Form',
  status: 'PUBLISHED',
  unpublishedChanges: false,
  signatories: [cfo],
  approvals: [legal],
  ...change,
});
const nothing = { differences: [], unknown: [] };

test('a signatory whose row has no name is neither missing nor extra', () => {
  const nameless = workflow({ signatories: [{ ...cfo, name: null }] });
  expect(compare([workflow()], [nameless])).toEqual({
    differences: [],
    unknown: [
      {
        path: 'workflows/Order Form/signatories',
        reason: '0 in uat and 1 in prod have no name and cannot be told apart',
      },
      {
        path: 'workflows/Order Form/signatories/CREATOR_PARTY CFO',
        reason: 'it could not be read in prod (a row has no name)',
      },
    ],
  });
});

test('an approval without a name hides only what the other side has more', () => {
  const other = { ...legal, name: 'Sales review', order: 2 };
  const left = workflow({ approvals: [{ ...legal, name: null }, legal] });
  const { differences, unknown } = compare(
    [left],
    [workflow({ approvals: [{ ...legal, order: 3 }, other] })],
  );
  expect(differences).toEqual([
    expect.objectContaining({ path: 'workflows/Order Form/approvals/Legal review/order' }),
  ]);
  expect(unknown.map(({ path }) => path)).toEqual([
    'workflows/Order Form/approvals',
    'workflows/Order Form/approvals/Sales review',
  ]);
});

test('a workflow without a title is compared with none, and others are compared all the same', () => {
  const nda = workflow({ title: 'NDA' });
  const { differences, unknown } = compare(
    [workflow(), nda],
    [workflow({ title: null }), { ...nda, status: 'UNPUBLISHED' }],
  );
  expect(differences).toEqual([
    expect.objectContaining({ path: 'workflows/NDA/status', weight: 'breaking' }),
  ]);
  expect(unknown.map(({ path }) => path)).toEqual(['workflows', 'workflows/Order Form']);
});

test('a party that is empty is not another party', () => {
  const { differences } = compare([workflow()], [workflow({ signatories: [{ ...cfo, party: null }] })]);
  expect(differences).toEqual([]);
});

test('rows without a name that are alike on both sides are no finding', () => {
  const both = [workflow({ signatories: [{ ...cfo, name: null }], approvals: [{ ...legal, name: null }] })];
  expect(compare(both, structuredClone(both))).toEqual(nothing);
});

test.each(['status', 'unpublishedChanges'] as const)('an empty %s is not compared', (key) => {
  expect(compare([workflow()], [workflow({ [key]: null })])).toEqual({
    differences: [],
    unknown: [{ path: `workflows/Order Form/${key}`, reason: 'it was not read in prod' }],
  });
  expect(compare([workflow({ [key]: null })], [workflow({ [key]: null })])).toEqual(nothing);
});

test.each(['order', 'conditional', 'role'] as const)('an empty %s of an approval is not compared', (key) => {
  expect(compare([workflow()], [workflow({ approvals: [{ ...legal, [key]: null }] })])).toEqual({
    differences: [],
    unknown: [
      { path: `workflows/Order Form/approvals/Legal review/${key}`, reason: 'it was not read in prod' },
    ],
  });
});

test('a role by an id that is not among the active roles is named as that, and no difference', () => {
  const unlisted = [workflow({ approvals: [{ ...legal, role: null, roleUnlisted: true }] })];
  const without = [workflow({ approvals: [{ ...legal, role: null }] })];
  const path = 'workflows/Order Form/approvals/Legal review/role';
  const reasonIn = (side: string) => `its id is not among the active roles of ${side}`;
  expect(compare([workflow()], unlisted)).toEqual({
    differences: [],
    unknown: [{ path, reason: reasonIn('prod') }],
  });
  expect(compare(unlisted, [workflow()]).unknown).toEqual([{ path, reason: reasonIn('uat') }]);
  expect(compare(unlisted, structuredClone(unlisted))).toEqual(nothing);
  expect(compare(without, unlisted)).toEqual(nothing);
});

test('parts whose rows may belong elsewhere are not compared', () => {
  const bare = { signatories: [], approvals: [] };
  expect(compare([workflow()], [workflow({ ...bare, unclear: ['signatories', 'approvals'] })])).toEqual({
    differences: [],
    unknown: ['approvals', 'signatories'].map((list) => ({
      path: `workflows/Order Form/${list}`,
      reason: 'it could not be read in prod (unclear)',
    })),
  });
  expect(compare([workflow()], [workflow({ ...bare, unclear: ['workflow'] })])).toEqual({
    differences: [],
    unknown: [{ path: 'workflows/Order Form', reason: 'it could not be read in prod (unclear)' }],
  });
});

test('a snapshot of an older version shows no differences in what it lacks', () => {
  const before = workflow({
    signatories: [
      { party: 'CREATOR_PARTY', name: 'CFO', order: 1 },
      // An empty name in such a snapshot stands for a missing one.
      { party: 'COUNTER_PARTY', name: '', order: null },
    ],
    approvals: [{ name: 'Legal review', order: 1 }],
  });
  const now = workflow({ signatories: [cfo, { ...cfo, party: 'COUNTER_PARTY', name: null, order: null }] });
  const { differences, unknown } = compare([before], [now]);
  expect(differences).toEqual([]);
  expect(unknown.map(({ path }) => path)).toEqual([
    'workflows/Order Form/approvals/Legal review/conditional',
    'workflows/Order Form/approvals/Legal review/role',
    'workflows/Order Form/signatories',
    'workflows/Order Form/signatories/CREATOR_PARTY CFO/conditional',
    'workflows/Order Form/signatories/CREATOR_PARTY CFO/conditionalRouting',
  ]);
});

test('the role of an approval differs by name, in any spelling', () => {
  const role = (name: string) => [workflow({ approvals: [{ ...legal, role: name }] })];
  expect(compare(role('Legal Team'), role(' legal team'))).toEqual(nothing);
  expect(compare(role('Legal Team'), role('NA Sales')).differences).toEqual([
    {
      path: 'workflows/Order Form/approvals/Legal review/role',
      kind: 'changed',
      weight: 'risky',
      left: 'Legal Team',
      right: 'NA Sales',
    },
  ]);
});

test('a list of roles that could not be read is reported once, and not for each approval', () => {
  const content = (roles: SnapshotContent['roles'] & object, role: string | null): SnapshotContent => ({
    version: 1,
    roles,
    workflows: { known: [workflow({ approvals: [{ ...legal, role }] })] },
  });
  const left = { label: 'uat', content: content({ known: ['Legal Team'] }, 'Legal Team') };
  const right = { label: 'prod', content: content({ unknown: 'forbidden' }, null) };
  expect(compareSnapshots(left, right).unknown.map(({ path }) => path)).toEqual(['roles']);
});
