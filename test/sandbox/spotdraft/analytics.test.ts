import { expect, test } from 'vitest';
import { createWorkspace } from '../../../sandbox/spotdraft/workspace.ts';
import { type Call, startWith } from './caller.ts';

const workspace = () =>
  createWorkspace({
    key: 'uat',
    workspaceId: 4000,
    roles: [{ id: 5, name: 'Legal' }, { name: 'Sales' }],
    users: [
      { id: 8, email: 'a@b.example', roles: ['Legal', 'Sales'] },
      { id: 9, email: 'c@d.example', active: false },
    ],
    contractTypes: [{ id: 70, name: 'NDA' }],
    workflows: [
      {
        id: 1,
        title: 'NDA',
        versions: [
          { frozenId: 11, created: '2026-01-01T00:00:00Z', approvals: ['Legal review'] },
          {
            frozenId: 12,
            created: '2026-02-01T00:00:00Z',
            lastPublished: null,
            status: 'UNPUBLISHED',
            unpublishedChanges: true,
            approvals: ['Legal review', { name: 'Finance review', roleId: 5 }],
          },
        ],
        signatories: [{ party: 'CREATOR_PARTY', name: 'CFO' }],
      },
      { id: 2, title: 'MSA', versions: [{ frozenId: 20 }] },
    ],
  });

const ask = (call: Call, query: string) => call('POST', '/analytics/query/', { body: { query } });

test('workflows_setup has one row for each version', async () => {
  const { call } = await startWith(workspace());
  const { json } = await ask(call, 'SELECT * FROM workflows_setup ORDER BY frozen_workflow_id');
  expect(json).toMatchObject({ row_count: 3, truncated: false });
  expect(json.columns).toEqual(Object.keys(json.rows[0]));
  expect(json.rows[1]).toEqual({
    workspace_id: 4000,
    frozen_workflow_id: 12,
    workflow_id: 1,
    title: 'NDA',
    status: 'UNPUBLISHED',
    created: '2026-02-01T00:00:00Z',
    last_published: null,
    unpublished_changes_present: true,
    cp_contract_download_permission: 'ENABLE_PDF_ONLY',
  });
});

test('approvals belong to a version, signatories to a workflow', async () => {
  const { call } = await startWith(workspace());
  const approvals = await ask(
    call,
    'SELECT frozen_workflow_id, approval_name, approval_order, role_id FROM approvals_setup',
  );
  expect(approvals.json.rows).toEqual([
    { frozen_workflow_id: 11, approval_name: 'Legal review', approval_order: 1, role_id: null },
    { frozen_workflow_id: 12, approval_name: 'Legal review', approval_order: 1, role_id: null },
    { frozen_workflow_id: 12, approval_name: 'Finance review', approval_order: 2, role_id: 5 },
  ]);
  const signatures = await ask(call, 'SELECT workflow_id, type, name, sign_order FROM signatures_setups');
  expect(signatures.json.rows).toEqual([
    { workflow_id: 1, type: 'CREATOR_PARTY', name: 'CFO', sign_order: 1 },
  ]);
});

test('a column without a value matches no comparison', async () => {
  const { call } = await startWith(workspace());
  const { rows } = (await ask(call, 'SELECT approval_name FROM approvals_setup WHERE role_id > -1')).json;
  expect(rows).toEqual([{ approval_name: 'Finance review' }]);
});

test('contract types and users can be queried too', async () => {
  const { call } = await startWith(workspace());
  expect((await ask(call, 'SELECT * FROM contract_types_setup')).json.rows).toEqual([
    { workspace_id: 4000, contract_type_id: 70, contract_type: 'NDA' },
  ]);
  expect((await ask(call, 'SELECT id, is_active, teams, department FROM users')).json.rows).toEqual([
    { id: 8, is_active: true, teams: 'Legal,Sales', department: null },
    { id: 9, is_active: false, teams: '', department: null },
  ]);
});

const frozen = 'SELECT frozen_workflow_id FROM workflows_setup';
test.each([
  [`${frozen} WHERE frozen_workflow_id > 12`, [20]],
  [`${frozen} WHERE frozen_workflow_id >= 12`, [12, 20]],
  [`${frozen} WHERE frozen_workflow_id = 12`, [12]],
  [`${frozen} WHERE workflow_id=1`, [11, 12]],
  [`${frozen} WHERE title > 1`, []],
  [`${frozen} WHERE frozen_workflow_id > -1 ORDER BY frozen_workflow_id DESC LIMIT 2`, [20, 12]],
  [`${frozen} ORDER BY title LIMIT 1`, [20]],
  [`${frozen} ORDER BY last_published LIMIT 1`, [12]],
  [`${frozen} LIMIT 0`, []],
  [`\n select\tFROZEN_workflow_id\nfrom Workflows_Setup\n where workflow_id = 2 ;\n`, [20]],
])('%s gives %j', async (query, expected) => {
  const { call } = await startWith(workspace());
  const { json } = await ask(call, query);
  expect(json.columns).toEqual(['frozen_workflow_id']);
  expect(json.rows.map((row: Record<string, number>) => row.frozen_workflow_id)).toEqual(expected);
});

test.each([
  ['DELETE FROM users', 'SD_PUBLIC_00040'],
  ['SELECT id FROM users; SELECT id FROM users', 'SD_PUBLIC_00040'],
  ['', 'SD_PUBLIC_00040'],
  ['selection', 'SD_PUBLIC_00040'],
  ['SELECT * FROM contract_approvals', 'SD_PUBLIC_00041'],
  ['SELECT * FROM INFORMATION_SCHEMA.TABLES', 'SD_PUBLIC_00041'],
  ['SELECT * FROM users WHERE id > 1 AND id > 2', 'SD_PUBLIC_00042'],
  ['SELECT FROM users', 'SD_PUBLIC_00042'],
  ['SELECT * FROM users WHERE', 'SD_PUBLIC_00042'],
  ['SELECT email FROM users', 'SD_PUBLIC_00042'],
  ['SELECT id FROM users ORDER BY email', 'SD_PUBLIC_00042'],
  ['WITH a AS (SELECT 1) SELECT * FROM a', 'SD_PUBLIC_00042'],
])('%j is refused with %s', async (query, code) => {
  const { call } = await startWith(workspace());
  const response = await ask(call, query);
  expect(response.status).toBe(400);
  expect(response.json).toMatchObject({ code, status_code: 400 });
});

test.each([
  [{}, 400],
  [{ query: 1 }, 400],
  [{ query: `SELECT id FROM users${' '.repeat(10_000)}` }, 400],
  [{ query: 'SELECT id FROM users', user_scoped: 'no' }, 400],
  [{ query: 'SELECT id FROM users', user_scoped: null }, 200],
])('a body like %.60j is answered %i', async (body, status) => {
  const { call } = await startWith(workspace());
  expect((await call('POST', '/analytics/query/', { body })).status).toBe(status);
});

test('rows beyond the limit are cut, and the answer is marked as truncated', async () => {
  const { call } = await startWith(workspace(), { analyticsRowLimit: 2 });
  const cut = (await ask(call, `${frozen} ORDER BY frozen_workflow_id`)).json;
  expect([cut.rows.length, cut.row_count, cut.truncated]).toEqual([2, 2, true]);
  const rest = (await ask(call, `${frozen} WHERE frozen_workflow_id > 12 ORDER BY frozen_workflow_id`)).json;
  expect([rest.rows.length, rest.truncated]).toEqual([1, false]);
  expect((await ask(call, `${frozen} LIMIT 2`)).json.truncated).toBe(false);
});

test('the default limit is 5,000 rows', async () => {
  const versions = Array.from({ length: 5_001 }, (_, index) => ({ frozenId: index + 1 }));
  const { call } = await startWith(createWorkspace({ key: 'uat', workflows: [{ title: 'NDA', versions }] }));
  expect((await ask(call, frozen)).json).toMatchObject({ row_count: 5_000, truncated: true });
});

test.each([
  ['not_enabled', 501, 'SD_PUBLIC_00045'],
  ['not_permitted', 403, 'SD_PUBLIC_00044'],
] as const)('analytics in the state %s answer %i %s', async (analytics, status, code) => {
  const { server, call } = await startWith(workspace());
  server.workspace('uat').analytics = analytics;
  expect((await ask(call, frozen)).json).toMatchObject({ status_code: status, code });
});
