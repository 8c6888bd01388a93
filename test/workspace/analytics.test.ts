import { expect, test } from 'vitest';
import type { SpotDraftReader } from '../../src/spotdraft/client.ts';
import { known } from '../../src/spotdraft/fact.ts';
import { interpret } from '../../src/spotdraft/interpret.ts';
import { analytics } from '../../src/spotdraft/schemas.ts';
import { readWorkflows } from '../../src/workspace/analytics.ts';
import { idIn } from '../../src/workspace/analytics-cells.ts';
import type { Workflow } from '../../src/workspace/facts.ts';
import { there } from '../environment.ts';

type Row = Record<string, unknown>;
type Page = { rows: Row[]; truncated?: boolean; row_count?: number };
/** Pages of each table, in the order in which they are asked for; the last one is repeated. */
type Tables = Record<'workflows_setup' | 'signatures_setups' | 'approvals_setup', Page[]>;

const source = { callId: 'call_1', method: 'POST', path: '/', status: 200, attempts: 1, ms: 1, at: 0 };

/** Reads workflows from the given pages, through the schema; `queries` collects what was asked. */
async function read(tables: Partial<Tables>, workspaceId: number | null = 7, queries: string[] = []) {
  const asked = new Map<string, number>();
  const reader = {
    read: async (_endpoint: string, { query }: { query: string }) => {
      queries.push(query);
      const table = there(/ FROM (\w+)/.exec(query)?.[1]) as keyof Tables;
      const turn = asked.get(table) ?? 0;
      asked.set(table, turn + 1);
      const pages = tables[table] ?? [{ rows: [] }];
      const page = there(pages[Math.min(turn, pages.length - 1)]);
      return known(analytics.parse({ truncated: false, ...page }), [source]);
    },
  } as unknown as SpotDraftReader;
  return readWorkflows(reader, workspaceId);
}

const version = (row: Row = {}): Row => ({
  workspace_id: 7,
  frozen_workflow_id: 31,
  workflow_id: 3,
  title: 'Order Form',
  status: 'PUBLISHED',
  created: '2026-01-01T00:00:00Z',
  last_published: '2026-01-02T00:00:00Z',
  unpublished_changes_present: false,
  ...row,
});
const signature = (row: Row = {}): Row => ({
  default_signature_id: 1,
  workspace_id: 7,
  workflow_id: 3,
  type: 'CREATOR_PARTY',
  name: 'CFO',
  sign_order: 1,
  conditional_signatory: false,
  conditional_routing: false,
  ...row,
});
const approval = (row: Row = {}): Row => ({
  id: 1,
  workspace_id: 7,
  workflow_id: 3,
  frozen_workflow_id: 31,
  approval_name: 'Legal review',
  approval_order: 1,
  conditional_approval: false,
  role_id: 55,
  ...row,
});

async function workflowsFrom(rows: {
  versions?: Row[];
  signatures?: Row[];
  approvals?: Row[];
}): Promise<Workflow[]> {
  const { workflows } = await read({
    workflows_setup: [{ rows: rows.versions ?? [version()] }],
    signatures_setups: [{ rows: rows.signatures ?? [signature()] }],
    approvals_setup: [{ rows: rows.approvals ?? [approval()] }],
  });
  if (!workflows.known) throw new Error(workflows.reason);
  return workflows.value;
}

const CFO = { party: 'CREATOR_PARTY', name: 'CFO', order: 1, conditional: false, conditionalRouting: false };
const LEGAL = {
  name: 'Legal review',
  order: 1,
  conditional: false,
  role: { id: '55', name: null },
};

const idForms: [string, (id: number) => unknown][] = [
  ['numbers', (id) => id],
  ['strings', (id) => String(id)],
  ['strings with blanks and zeros', (id) => ` 0${id} `],
];
test.each(idForms)('ids of one table that come as %s join with numbers of another', async (_form, form) => {
  const [workflow, ...more] = await workflowsFrom({
    signatures: [signature({ workflow_id: form(3), workspace_id: form(7), sign_order: form(1) })],
    approvals: [approval({ frozen_workflow_id: form(31), workspace_id: form(7), role_id: form(55) })],
  });
  expect(more).toEqual([]);
  expect(workflow).toMatchObject({ signatories: [CFO], approvals: [LEGAL], doubt: null });
  expect(workflow?.unplaced).toEqual({ signatories: [], approvals: [] });
});

test('two versions whose workflow id comes once as a string and once as a number are one workflow', async () => {
  const older = version({
    workflow_id: '3',
    frozen_workflow_id: '30',
    last_published: '2025-01-01T00:00:00Z',
  });
  const workflows = await workflowsFrom({ versions: [older, version({ status: 'UNPUBLISHED' })] });
  expect(workflows.map(({ status, doubt }) => [status, doubt])).toEqual([['UNPUBLISHED', null]]);
});

const big = '9007199254740993';
test.each([
  ['strings', JSON.stringify(big), JSON.stringify('9007199254740992')],
  ['numbers', big, '9007199254740992'],
])('ids beyond 2^53 that come as %s are not rounded', async (_form, own, other) => {
  const body = (row: Row, id: string) =>
    JSON.stringify({ rows: [{ ...row, workflow_id: 'ID' }], truncated: false }).replace('"ID"', id);
  const rowsOf = (text: string) => {
    const outcome = { kind: 'answer', status: 200, body: text, contentType: 'application/json' } as const;
    const fact = interpret({ ...outcome, location: null } as never, analytics, source, []);
    if (!fact.known) throw new Error(fact.reason);
    return fact.value.rows;
  };
  const [workflow] = await workflowsFrom({
    versions: rowsOf(body(version(), own)),
    signatures: [...rowsOf(body(signature(), own)), ...rowsOf(body(signature({ name: 'CEO' }), other))],
  });
  expect(workflow?.signatories.map(({ name }) => name)).toEqual(['CFO']);
});

const emptyCells: unknown[] = [null, undefined, '', '  '];
test.each(emptyCells)('a name of %j is null, and no other value is invented', async (empty) => {
  const [workflow] = await workflowsFrom({
    versions: [version({ title: empty, status: empty, unpublished_changes_present: empty })],
    signatures: [signature({ name: empty, type: empty, sign_order: empty, conditional_signatory: empty })],
    approvals: [approval({ approval_name: empty, approval_order: empty, role_id: empty })],
  });
  expect(workflow).toMatchObject({ title: null, status: null, unpublishedChanges: null });
  expect(workflow?.signatories).toEqual([
    { ...CFO, party: null, name: null, order: null, conditional: null },
  ]);
  expect(workflow?.approvals).toEqual([{ ...LEGAL, name: null, order: null, role: null }]);
});

test('workflows without an id stay apart, and never share signatories', async () => {
  const workflows = await workflowsFrom({
    versions: [
      version({ workflow_id: null, title: 'One' }),
      version({ workflow_id: null, title: 'Two' }),
      version({ workflow_id: null, title: null }),
      version({ workflow_id: null, title: null, status: 'UNPUBLISHED' }),
    ],
  });
  expect(workflows.map(({ title }) => title)).toEqual(['One', 'Two', null, null]);
  for (const { signatories, unplaced } of workflows)
    expect([signatories, unplaced.signatories]).toEqual([[], [CFO]]);
});

test('a row without a workflow id is no second workflow of its title', async () => {
  const workflows = await workflowsFrom({
    versions: [version(), version({ workflow_id: null, last_published: '2026-05-01T00:00:00Z' })],
  });
  expect(workflows).toHaveLength(1);
  expect(workflows[0]?.doubt).toMatch(/no workflow_id, so it may belong to another workflow$/);
});

test('signatories and approvals whose id is empty are kept aside for every workflow they may belong to', async () => {
  const workflows = await workflowsFrom({
    versions: [version(), version({ workflow_id: 4, frozen_workflow_id: 41, title: 'NDA' })],
    signatures: [signature({ workflow_id: null })],
    approvals: [approval({ frozen_workflow_id: null })],
  });
  expect(workflows.map(({ signatories, approvals }) => [signatories, approvals])).toEqual([
    [[], []],
    [[], []],
  ]);
  // The approval names its workflow, which excludes the other one.
  expect(workflows.map(({ unplaced }) => unplaced)).toEqual([
    { signatories: [CFO], approvals: [LEGAL] },
    { signatories: [CFO], approvals: [] },
  ]);
});

const undecided: [string, Row, Row][] = [
  [
    'no time and no id',
    { last_published: null, created: null, frozen_workflow_id: null },
    { last_published: null, created: null, frozen_workflow_id: null },
  ],
  [
    'no publication of a published version',
    { last_published: null, created: null, frozen_workflow_id: null },
    {},
  ],
  ['equal times and no id', { frozen_workflow_id: null }, { frozen_workflow_id: null }],
  [
    'no time of an unpublished version',
    {},
    { frozen_workflow_id: 32, created: null, last_published: null, status: 'UNPUBLISHED' },
  ],
  [
    'no time of a version, and ids that differ',
    { created: null, last_published: null },
    { created: null, last_published: null, frozen_workflow_id: 32 },
  ],
  [
    'a later publication of the version that was created earlier',
    { created: '2026-01-05T00:00:00Z', last_published: '2026-01-06T00:00:00Z' },
    { created: '2026-01-01T00:00:00Z', last_published: '2026-03-01T00:00:00Z', frozen_workflow_id: 32 },
  ],
  ['equal publications and no creation', { created: null }, { created: null, frozen_workflow_id: 32 }],
];
test.each(undecided)('the newest version is in doubt with %s', async (_what, one, other) => {
  const [workflow] = await workflowsFrom({
    versions: [version(one), version({ status: 'ARCHIVED', ...other })],
  });
  expect(workflow?.doubt).toMatch(/^the newest of its 2 versions is unknown, because last_published/);
});

test('a published version whose time is missing is ordered by its creation', async () => {
  const newer = { frozen_workflow_id: 32, created: '2026-06-01T00:00:00Z', last_published: null };
  const [workflow] = await workflowsFrom({
    versions: [version(), version({ ...newer, unpublished_changes_present: true })],
  });
  expect(workflow).toMatchObject({ doubt: null, unpublishedChanges: true });
});

test('a status is read in any letter case, and an unpublished version in one is still older', async () => {
  const [archived] = await workflowsFrom({ versions: [version({ status: ' archived' })] });
  expect(archived?.status).toBe('ARCHIVED');
  const draft = { frozen_workflow_id: 32, created: '2026-06-01T00:00:00Z', last_published: null };
  const [workflow] = await workflowsFrom({
    versions: [version({ status: 'Published' }), version({ ...draft, status: 'Unpublished' })],
  });
  expect(workflow).toMatchObject({ status: 'PUBLISHED', doubt: null });
});

test('rows of another workspace never count', async () => {
  const foreign = { workspace_id: '8' };
  const [workflow, ...more] = await workflowsFrom({
    versions: [version(), version({ ...foreign, workflow_id: 9, frozen_workflow_id: 91 })],
    signatures: [signature({ ...foreign, name: 'CEO' }), signature()],
    approvals: [approval({ ...foreign, approval_name: 'Sales review' }), approval()],
  });
  expect(more).toEqual([]);
  expect(workflow).toMatchObject({ signatories: [CFO], approvals: [LEGAL] });
});

test('tables that hold only another workspace prove nothing', async () => {
  const { workflows } = await read({ workflows_setup: [{ rows: [version({ workspace_id: 8 })] }] });
  expect(workflows).toMatchObject({
    known: false,
    reason: 'workflows_setup holds rows of workspace 8 only, and none of the configured workspace 7',
  });
});

test.each([7, null])(
  'a row without a workspace id is uncertain when others have one, configured or not (%j)',
  async (workspaceId) => {
    const { workflows } = await read(
      {
        workflows_setup: [{ rows: [version({ workspace_id: null })] }],
        signatures_setups: [{ rows: [signature(), signature({ workspace_id: null, name: 'CEO' })] }],
      },
      workspaceId,
    );
    const [workflow] = workflows.known ? workflows.value : [];
    expect(workflow?.doubt).toMatch(/no workspace_id, so it may belong to another workspace$/);
    expect(workflow?.signatories).toEqual([CFO]);
    expect(workflow?.unplaced.signatories).toEqual([{ ...CFO, name: 'CEO' }]);
  },
);

test('rows without any workspace id are those of the caller', async () => {
  const { workflows, workspaceIds } = await read({
    workflows_setup: [{ rows: [version({ workspace_id: null })] }],
    signatures_setups: [{ rows: [signature({ workspace_id: undefined })] }],
  });
  expect(workflows.known && workflows.value[0]).toMatchObject({ doubt: null, signatories: [CFO] });
  expect(workspaceIds).toMatchObject({ known: true, value: [] });
});

const numbered = (ids: unknown[]): Row[] =>
  ids.map((id) => version({ frozen_workflow_id: id, workflow_id: 100 + Number(id), title: `W${id}` }));
const titlesIn = async (pages: Page[], queries: string[] = []) => {
  const { workflows } = await read({ workflows_setup: pages }, 7, queries);
  return workflows.known ? workflows.value.map(({ title }) => title) : workflows.reason;
};

test('a truncated answer with string keys is read to its end', async () => {
  const queries: string[] = [];
  const pages = [{ rows: numbered(['8', '9', '10']), truncated: true }, { rows: numbered(['10', '11']) }];
  expect(await titlesIn(pages, queries)).toEqual(['W8', 'W9', 'W10', 'W11']);
  expect(queries.filter((query) => query.includes('workflows_setup'))[1]).toContain(
    'WHERE frozen_workflow_id > 9 ORDER BY',
  );
});

const endless: [string, Page[]][] = [
  ['null keys only', [{ rows: numbered([null, null]), truncated: true }]],
  ['keys that are no integers', [{ rows: numbered(['a', 'b']), truncated: true }]],
  ['one key in all rows', [{ rows: numbered([5, 5, 5]), truncated: true }]],
  ['the same page again', [{ rows: numbered([1, 2]), truncated: true }]],
  ['keys that do not ascend', [{ rows: numbered([3, 2, 4]), truncated: true }, { rows: [] }]],
  ['keys in the order of texts', [{ rows: numbered(['10', '9']), truncated: true }, { rows: [] }]],
  ['null keys at the end', [{ rows: numbered([1, 2, null]), truncated: true }, { rows: [] }]],
  ['no rows', [{ rows: [], truncated: true }]],
  ['more rows counted than sent', [{ rows: numbered([1, 2]), row_count: 9 }]],
];
test.each(endless)('a truncated answer with %s ends as incomplete', async (_what, pages) => {
  expect(await titlesIn(pages)).toBe(
    'the end of workflows_setup was not reached: its rows cannot be continued by frozen_workflow_id',
  );
});

test('rows with null keys at the beginning do not end the reading', async () => {
  const pages = [{ rows: numbered([null, 1, 2]), truncated: true }, { rows: numbered([3]) }];
  expect(await titlesIn(pages)).toHaveLength(4);
});

test('rows that share the last key of a page are read again, so that none of them is cut', async () => {
  const queries: string[] = [];
  const pages = [{ rows: numbered([1, 2, 2]), truncated: true }, { rows: [] }];
  await titlesIn(pages, queries);
  expect(queries.filter((query) => query.includes('workflows_setup'))[1]).toContain('> 1 ORDER BY');
});

test('an id that a number has rounded is none', () => {
  expect([2 ** 53 - 1, 2 ** 53, '9007199254740993', '012'].map(idIn)).toEqual([
    '9007199254740991',
    null,
    '9007199254740993',
    '12',
  ]);
});
