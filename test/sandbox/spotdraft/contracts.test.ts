import { expect, test } from 'vitest';
import { createWorkspace } from '../../../sandbox/spotdraft/workspace.ts';
import { startWith } from './caller.ts';

const day = (number: number) => `2026-05-${String(number).padStart(2, '0')}T12:00:00.000Z`;

const workspace = () =>
  createWorkspace({
    key: 'uat',
    workspaceId: 4000,
    contractTypes: [
      { id: 10, name: 'NDA' },
      { id: 20, name: 'MSA' },
    ],
    contracts: [
      { id: 'T-1', name: 'One', created: day(1), lastUpdated: day(20), status: 'DRAFT' },
      { id: 'T-2', name: 'Two', created: day(2), status: 'EXECUTED', contractType: 'MSA' },
      { id: 'H-3', name: 'Three', created: day(3), status: 'SIGN', counterparty: 'Contoso' },
      {
        id: 'T-4',
        name: 'Four',
        created: day(4),
        status: 'VOIDED',
        referenceId: 'a,b',
        externalMetadata: { id: '006Bc', integrationName: 'Salesforce', recordType: 'Opportunity' },
      },
    ],
  });

test.each([
  ['', ['H-3', 'T-1', 'T-2', 'T-4']],
  [`filter__created_at[$gte]=${day(2)}`, ['H-3', 'T-2', 'T-4']],
  [`filter__created_at[$gt]=${day(2)}`, ['H-3', 'T-4']],
  [`filter__created_at[$lte]=${day(2)}`, ['T-1', 'T-2']],
  [`filter__created_at[$lt]=${day(2)}`, ['T-1']],
  [`filter__created_at[$gte]=${day(2)}&filter__created_at[$lt]=${day(4)}`, ['H-3', 'T-2']],
  ['filter__created_at[$gte]=2026-05-02T14:00:00%2B02:00', ['H-3', 'T-2', 'T-4']],
  [`filter__last_updated_on[$gt]=${day(10)}`, ['T-1']],
  ['filter__contract_type_id=20', ['T-2']],
  ['filter__contract_type_id[$ne]=20', ['H-3', 'T-1', 'T-4']],
  ['filter__contract_type_id[$in]=10,20', ['H-3', 'T-1', 'T-2', 'T-4']],
  ['filter__contract_id=T-2', ['T-2']],
  ['filter__contract_id=3', ['H-3']],
  ['filter__contract_id[$in]=T-1,3', ['H-3', 'T-1']],
  ['filter__contract_id[$ne]=3', ['T-1', 'T-2', 'T-4']],
  ['filter__display_status=SIGN', ['H-3']],
  ['filter__display_status[$eq]=SIGN', ['H-3']],
  ['filter__display_status[$in]=SIGN,DRAFT', ['H-3', 'T-1']],
  ['filter__contract_reference_id[$in]=x,a%5C,b', ['T-4']],
  ['query=contoso', ['H-3']],
  ['query=FOUR', ['T-4']],
  ['query=nothing', []],
])('contracts?%s finds %j', async (query, expected) => {
  const { call } = await startWith(workspace());
  const { results, total_results } = (await call('GET', `/contracts/?${query}`)).json;
  expect(results.map((row: { id: string }) => row.id).sort()).toEqual(expected);
  expect(total_results).toBe(expected.length);
});

test.each([
  'filter__created_at[$gte]=yesterday',
  'filter__contract_type_id=NDA',
  'filter__contract_type_id=',
  'filter__display_status[$gt]=DRAFT',
  'filter__created_at[$near]=2026-05-01',
  'filter__signatories=Ana',
  'filter__=1',
])('contracts?%s is refused rather than ignored', async (query) => {
  const { call } = await startWith(workspace());
  const response = await call('GET', `/contracts/?${query}`);
  expect(response.status).toBe(400);
  expect(response.json.detail).toContain('filter__');
});

test('contracts have a stable order that is not the order of creation', async () => {
  const contracts = Array.from({ length: 28 }, (_, index) => ({ created: day(index + 1) }));
  const uat = createWorkspace({ key: 'uat', contractTypes: [{ name: 'NDA' }], contracts });
  const { call } = await startWith(uat);
  const created = async () =>
    (await call('GET', '/contracts/?limit=100')).json.results.map((row: { created: string }) => row.created);
  const order = await created();
  expect(order).toHaveLength(28);
  expect(order).not.toEqual(order.toSorted());
  expect(order).not.toEqual(order.toSorted().reverse());
  uat.contracts.reverse();
  expect(await created()).toEqual(order);
});

test('all pages together contain each contract once', async () => {
  const { call } = await startWith(workspace());
  const pages = [1, 2].map(async (page) => (await call('GET', `/contracts/?page=${page}&limit=3`)).json);
  const [first, second] = await Promise.all(pages);
  expect([first, second].map(({ page, limit, total_results }) => [page, limit, total_results])).toEqual([
    [1, 3, 4],
    [2, 3, 4],
  ]);
  const ids = [...first.results, ...second.results].map((row) => row.id);
  expect(ids.sort()).toEqual(['H-3', 'T-1', 'T-2', 'T-4']);
});

test('a row has external metadata only when it is set', async () => {
  const { call } = await startWith(workspace());
  const { results } = (await call('GET', '/contracts/')).json;
  const rows = Object.fromEntries(results.map((row: { id: string }) => [row.id, row]));
  expect(rows['T-4'].external_metadata).toEqual({
    id: '006Bc',
    integration_name: 'Salesforce',
    record_type: 'Opportunity',
  });
  expect(rows['T-2']).not.toHaveProperty('external_metadata');
  expect(rows['T-2']).toMatchObject({
    contract_status: 'EXECUTED',
    contract_type_id: 20,
    contract_type_name: 'MSA',
    created_by_workspace: 4000,
  });
  expect(JSON.stringify(rows)).not.toContain(day(20));
});

test('external metadata, its absence and an unknown contract have different answers', async () => {
  const { call } = await startWith(workspace());
  const ask = async (id: string) => (await call('GET', `/contracts/${id}/external_metadata`)).json;
  expect((await ask('T-4')).external_metadata.id).toBe('006Bc');
  expect(await ask('T-2')).toEqual({ external_metadata: {} });
  const unknown = await ask('T-9');
  expect(unknown.status_code).toBe(404);
  expect(unknown).not.toHaveProperty('code');
  expect((await ask('4')).status_code).toBe(404);
});

test('contracts are found by the exact id of an external record, at most 50, with integer ids', async () => {
  const externalMetadata = { id: '006 Bc/1' };
  const contracts = Array.from({ length: 51 }, () => ({ externalMetadata }));
  const { call } = await startWith(
    createWorkspace({ key: 'uat', contractTypes: [{ name: 'NDA' }], contracts }),
  );
  const found = await call('GET', `/contracts/by_external_metadata/${encodeURIComponent('006 Bc/1')}`);
  expect(found.json).toHaveLength(50);
  expect(Number.isInteger(found.json[0].id)).toBe(true);
  expect((await call('GET', '/contracts/by_external_metadata/006')).json).toEqual([]);
});

test('an external id can look like another path', async () => {
  const uat = workspace();
  const { server, call } = await startWith(uat);
  expect((await call('GET', '/contracts/by_external_metadata/external_metadata')).json).toEqual([]);
  expect(server.requests[0]?.operation).toBe('by_external_metadata');
});

test('the status belongs to exactly this contract', async () => {
  const { call } = await startWith(workspace());
  expect((await call('GET', '/contracts/H-3/status')).json).toEqual({
    contract_status: 'SIGN',
    contract_name: 'Three',
  });
  expect((await call('GET', '/contracts/T-3/status')).status).toBe(404);
});

test('re-triggering reports the workspace and the contracts to onRetrigger', async () => {
  const calls: unknown[] = [];
  const there = workspace();
  const ids = there.contracts.slice(0, 2).map(({ internalId }) => internalId);
  const { call } = await startWith(there, { onRetrigger: (...given) => calls.push(given) });
  const response = await call('POST', '/contracts/webhooks/re_trigger_latest/', {
    body: { contract_ids: ids },
  });
  expect(response.json).toEqual({ message: 'Success' });
  expect(calls).toEqual([['uat', ids]]);
});

test.each([
  [{ contract_ids: [1, 9] }, 404],
  [{ contract_ids: [] }, 400],
  [{ contract_ids: ['T-1'] }, 400],
  [{}, 400],
])('re-triggering with %j is answered %i and triggers nothing', async (body, status) => {
  const calls: unknown[] = [];
  const { call } = await startWith(workspace(), { onRetrigger: (...given) => calls.push(given) });
  const response = await call('POST', '/contracts/webhooks/re_trigger_latest/', { body });
  expect(response.status).toBe(status);
  if (status === 404) expect(response.json).toEqual({ detail: 'Not Found' });
  expect(calls).toEqual([]);
});
