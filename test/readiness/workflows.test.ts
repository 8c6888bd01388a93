import { expect, test } from 'vitest';
import type { ApprovalRequirement, SignatoryRequirement } from '../../src/config/requirements.ts';
import type { CheckInput } from '../../src/readiness/check.ts';
import { check } from '../../src/readiness/checks/config-workflows.ts';
import { type Fact, known, unknown } from '../../src/spotdraft/fact.ts';
import type { Approval, Signatory, Workflow } from '../../src/workspace/facts.ts';

const cfo: Signatory = {
  party: 'CREATOR_PARTY',
  name: 'CFO',
  order: 1,
  conditional: false,
  conditionalRouting: false,
};
const legal: Approval = {
  name: 'Legal review',
  order: 1,
  conditional: false,
  role: { id: '55', name: 'Legal Team' },
};
const orderForm: Workflow = {
  title: 'Order Form',
  status: 'PUBLISHED',
  unpublishedChanges: false,
  doubt: null,
  signatories: [cfo],
  approvals: [legal],
  unplaced: { signatories: [], approvals: [] },
};

interface Required {
  signatory?: Partial<SignatoryRequirement>;
  approval?: Partial<ApprovalRequirement>;
  /** Names under requires.roles. */
  roles?: string[];
  /** Roles of a user under requires.users. */
  userRoles?: string[];
}

/** Judges workflows with one required signatory and one required approval. */
function judge(
  workflows: Workflow[],
  { signatory, approval, roles = [], userRoles = [] }: Required = {},
  activeRoles: Fact<string[]> = known(['Legal Team', 'NA Sales'], []),
) {
  const requirement = {
    title: 'Order Form',
    environments: null,
    signatories: [{ party: 'CREATOR_PARTY', name: 'CFO', order: null, conditional: null, ...signatory }],
    approvals: [{ name: 'Legal review', order: null, role: null, conditional: null, ...approval }],
  };
  return check.judge({
    environment: { name: 'prod', production: true, routing: null },
    requires: {
      workflows: [requirement],
      roles: roles.map((name) => ({ name, environments: null })),
      users: [{ email: 'ana@northwind.example', environments: null, roles: userRoles }],
    },
    facts: { workflows: known(workflows, []), roles: activeRoles },
  } as unknown as CheckInput);
}

const withSignatory = (change: Partial<Signatory>, more: Partial<Workflow> = {}): Workflow[] => [
  { ...orderForm, signatories: [{ ...cfo, ...change }], ...more },
];
const withApproval = (change: Partial<Approval>): Workflow[] => [
  { ...orderForm, approvals: [{ ...legal, ...change }] },
];

test('everything as required passes and names each property', () => {
  const required: Required = {
    signatory: { order: 1, conditional: false },
    approval: { order: 1, conditional: false, role: 'legal team' },
  };
  expect(judge([orderForm], required)).toMatchObject({
    status: 'pass',
    expected: [
      'workflow “Order Form”: published, without unpublished changes',
      'workflow “Order Form”: signatory “CFO” (CREATOR_PARTY) has the order 1, has no condition',
      'workflow “Order Form”: approval “Legal review” has the order 1, has no condition, is given by the role “legal team”',
    ].join('\n'),
  });
});

const wrong: [string, Workflow[], Required, { expected: RegExp; actual: string; remedy: RegExp }][] = [
  [
    'the order of a signatory',
    withSignatory({ order: 2 }),
    { signatory: { order: 1 } },
    { expected: /“CFO” .* has the order 1$/, actual: 'has the order 2', remedy: /^Move the signatory “CFO”/ },
  ],
  [
    'a signatory with a condition',
    withSignatory({ conditional: true }),
    { signatory: { conditional: false } },
    { expected: /has no condition$/, actual: 'has a condition', remedy: /^Remove the condition of the sig/ },
  ],
  [
    'a signatory without the required condition',
    withSignatory({}),
    { signatory: { conditional: true } },
    { expected: /has a condition$/, actual: 'has no condition', remedy: /^Set a condition for the sig/ },
  ],
  [
    'the order of an approval',
    withApproval({ order: 3 }),
    { approval: { order: 1 } },
    { expected: /has the order 1$/, actual: 'has the order 3', remedy: /^Move the approval “Legal review”/ },
  ],
  [
    'an approval with a condition',
    withApproval({ conditional: true }),
    { approval: { conditional: false } },
    { expected: /has no condition$/, actual: 'has a condition', remedy: /^Remove the condition of the app/ },
  ],
  [
    'the role of an approval',
    withApproval({ role: { id: '56', name: 'NA Sales' } }),
    { approval: { role: 'Legal Team' } },
    {
      expected: /is given by the role “Legal Team”$/,
      actual: 'is given by the role “NA Sales”',
      remedy: /^Assign the approval “Legal review” to the role “Legal Team” in workflow “Order Form”$/,
    },
  ],
  [
    'a role that no active role has the name of',
    withApproval({ role: { id: '99', name: null } }),
    { approval: { role: 'Finance' } },
    {
      expected: /is given by the role “Finance”$/,
      actual: 'no active role has this name',
      remedy: /^Assign the approval/,
    },
  ],
  [
    'the signatory of the other party',
    withSignatory({ party: 'COUNTER_PARTY' }),
    {},
    {
      expected: /signatory “CFO” \(CREATOR_PARTY\)$/,
      actual: 'signatories: “CFO (COUNTER_PARTY)”',
      remedy: /^Add the signatory “CFO”/,
    },
  ],
];
test.each(wrong)('%s fails', (_what, workflows, required, { expected, actual, remedy }) => {
  expect(judge(workflows, required)).toMatchObject({
    status: 'fail',
    expected: expect.stringMatching(expected),
    actual,
    remedy: expect.stringMatching(remedy),
  });
});

const unclear: [string, Workflow[], Required, RegExp][] = [
  [
    'a signatory without a name',
    withSignatory({ name: null }),
    {},
    /1 row of workflow “Order Form” without a name or party may be it/,
  ],
  ['a signatory without a party', withSignatory({ party: null }), {}, /without a name or party may be it/],
  [
    'an approval without a name',
    withApproval({ name: null }),
    {},
    /^approvals_setup: 1 row of workflow “Order Form” without a name or party may be it/,
  ],
  [
    'a signatory of no certain workflow',
    [{ ...orderForm, signatories: [], unplaced: { signatories: [cfo], approvals: [] } }],
    {},
    /^signatures_setups: 1 row may be it, but an id is empty/,
  ],
  [
    'a nameless approval of no certain workflow',
    [{ ...orderForm, approvals: [], unplaced: { signatories: [], approvals: [{ ...legal, name: null }] } }],
    {},
    /^approvals_setup: 1 row may be it/,
  ],
  ['no order', withSignatory({ order: null }), { signatory: { order: 1 } }, /leaves sign_order empty$/],
  [
    'no word on the condition of a signatory',
    withSignatory({ conditional: null }),
    { signatory: { conditional: false } },
    /leaves conditional_signatory empty$/,
  ],
  [
    'no word on the condition of an approval',
    withApproval({ conditional: null }),
    { approval: { conditional: false } },
    /leaves conditional_approval empty$/,
  ],
  ['no role', withApproval({ role: null }), { approval: { role: 'Legal Team' } }, /leaves role_id empty$/],
  [
    'a role whose id is none of the active roles',
    withApproval({ role: { id: '99', name: null } }),
    { approval: { role: 'Legal Team' } },
    /has the id 99, which is none of the active roles$/,
  ],
  [
    'a workflow without a title',
    [{ ...orderForm, title: null }],
    {},
    /1 workflow has no title in workflows_setup, and may be it$/,
  ],
  [
    'a workflow that may belong to another workspace',
    [{ ...orderForm, doubt: 'its row has no workspace_id' }],
    {},
    /^workflow “Order Form”: its row has no workspace_id$/,
  ],
];
test.each(unclear)('%s is unknown with this reason, never missing', (_what, workflows, required, reason) => {
  expect(judge(workflows, required)).toMatchObject({
    status: 'unknown',
    reason: expect.stringMatching(reason),
    remedy: expect.stringMatching(/^Check /),
  });
});

test('a workflow that is certainly there is judged beside uncertain ones of its title', () => {
  const nameless = { ...orderForm, title: null };
  expect(judge([nameless, { ...orderForm, doubt: 'no workspace_id' }, orderForm]).status).toBe('pass');
});

test('a row that cannot be the required signatory leaves it missing', () => {
  const others = [
    { ...cfo, name: 'CEO', party: null },
    { ...cfo, name: null, party: 'COUNTER_PARTY' },
  ];
  expect(judge([{ ...orderForm, signatories: others }])).toMatchObject({
    status: 'fail',
    actual: 'signatories: “CEO (no party)”, “no name (COUNTER_PARTY)”',
  });
});

test('the approval that fits counts when two have the same name', () => {
  const approvals = [{ ...legal, role: { id: '56', name: 'NA Sales' } }, legal];
  expect(judge([{ ...orderForm, approvals }], { approval: { role: 'Legal Team' } }).status).toBe('pass');
});

test('two approvals of one name: the one with empty cells counts before the one that fails', () => {
  const approvals = [
    { ...legal, order: 2 },
    { ...legal, order: null, conditional: null },
  ];
  const required = { approval: { order: 1, conditional: false } };
  expect(judge([{ ...orderForm, approvals }], required).status).toBe('unknown');
});

test.each<Pick<Required, 'roles' | 'userRoles'>>([
  { roles: ['Finance'] },
  { userRoles: ['Finance'] },
  { userRoles: ['Legal Team', 'finance'] },
  { roles: ['Legal Team'], userRoles: ['FINANCE'] },
])('a missing role is reported by routing.roles alone: %j', (needed) => {
  const required = { approval: { role: 'Finance' }, ...needed };
  expect(judge(withApproval({ role: { id: '99', name: null } }), required)).toMatchObject({
    status: 'pass',
    reason: '1 not judged: no active role has this name (routing.roles)',
  });
});

test('roles that could not be read leave the role of an approval unknown, with their reason', () => {
  const failed = unknown('timeout', 'GET /auth/roles/: no answer within 15 s', []);
  const required = { approval: { role: 'Legal Team' } };
  expect(judge(withApproval({ role: { id: '55', name: null } }), required, failed)).toMatchObject({
    status: 'unknown',
    reason: 'GET /auth/roles/: no answer within 15 s',
  });
});
