import { expect, test } from 'vitest';
import { API_PATH, operations } from '../../../sandbox/spotdraft/operations.ts';
import { seedWorkspaces } from '../../../sandbox/spotdraft/seed.ts';
import { createWorkspace, type Workspace } from '../../../sandbox/spotdraft/workspace.ts';
import { loadOpenApi, NO_OPENAPI } from '../../openapi.ts';
import { validateRequest, validateResponse } from '../../openapi-validation.ts';
import { startWith } from './caller.ts';

interface Example {
  status: number;
  path: string;
  body?: unknown;
  headers?: Record<string, string>;
  prepare?: (workspace: Workspace) => void;
}

const { uat } = seedWorkspaces(Date.UTC(2026, 5, 1));
const first = <T>(list: T[]): T => list[0] as T;
const contractTypeId = first(uat.contractTypes).id;
const templateId = first(uat.templates).id;
const contract = first(uat.contracts);
const webhook = {
  title: 'Created',
  url: 'https://hooks.example.com/uat',
  only_for_activities: ['CONTRACT_CREATED'],
  description: 'For the CRM',
  custom_headers: { 'X-Northwind-Key': 'abc' },
};
const registered: Workspace['webhooks'][number] = {
  id: 511,
  title: 'Created',
  url: webhook.url,
  onlyForActivities: webhook.only_for_activities,
  status: 'ACTIVE',
  created: '2026-05-01T00:00:00Z',
  createdBy: null,
};
const query = 'SELECT * FROM workflows_setup';
const noMetadata = (workspace: Workspace) => {
  first(workspace.contracts).externalMetadata = null;
};
const noPermission = (workspace: Workspace) => {
  workspace.developerSettings = false;
};

/** At least one request for each documented status of an operation, apart from the statuses common to all. */
const examples: Record<(typeof operations)[number]['id'], Example[]> = {
  contract_types: [{ status: 200, path: '/contract_types/' }],
  contract_type_entities: [
    { status: 200, path: `/contract_types/${contractTypeId}/entities` },
    { status: 404, path: '/contract_types/1/entities' },
  ],
  intake_form: [
    { status: 200, path: `/contract_types/${contractTypeId}/intake_form/questionnaire/` },
    { status: 404, path: '/contract_types/1/intake_form/questionnaire/' },
  ],
  templates: [{ status: 200, path: '/templates/?include_archived=true&tags=sales' }],
  template: [
    { status: 200, path: `/templates/${templateId}/` },
    { status: 404, path: '/templates/1/' },
  ],
  template_metadata: [
    { status: 200, path: `/templates/${templateId}/metadata` },
    { status: 404, path: '/templates/1/metadata' },
  ],
  key_pointers: [{ status: 200, path: `/key_pointers/?contract_type_id=${contractTypeId}` }],
  entities: [{ status: 200, path: '/organizations/entities/' }],
  roles: [{ status: 200, path: '/auth/roles/' }],
  users: [{ status: 200, path: '/auth/users/?page=1&limit=2' }],
  feature_flags: [
    { status: 200, path: '/workspace/feature-flags/', body: { flags: ['PUBLIC_ANALYTICS_QUERY_API'] } },
    { status: 400, path: '/workspace/feature-flags/', body: { flags: [] } },
  ],
  analytics_query: [
    { status: 200, path: '/analytics/query/', body: { query } },
    { status: 400, path: '/analytics/query/', body: { query: 'DELETE FROM users' } },
    {
      status: 403,
      path: '/analytics/query/',
      body: { query },
      prepare: (workspace) => {
        workspace.analytics = 'not_permitted';
      },
    },
    {
      status: 501,
      path: '/analytics/query/',
      body: { query },
      prepare: (workspace) => {
        workspace.analytics = 'not_enabled';
      },
    },
  ],
  hmac_key: [{ status: 200, path: '/webhooks/hmac_key/' }],
  webhooks_create: [
    { status: 201, path: '/webhooks/', body: webhook },
    { status: 400, path: '/webhooks/', body: { ...webhook, url: 'http://hooks.example.com/uat' } },
    { status: 403, path: '/webhooks/', body: webhook, prepare: noPermission },
  ],
  webhooks_delete: [
    { status: 204, path: '/webhooks/511', prepare: (workspace) => workspace.webhooks.push(registered) },
    { status: 404, path: '/webhooks/511' },
    { status: 403, path: '/webhooks/511', prepare: noPermission },
  ],
  re_trigger: [
    {
      status: 200,
      path: '/contracts/webhooks/re_trigger_latest/',
      body: { contract_ids: [contract.internalId] },
    },
    { status: 404, path: '/contracts/webhooks/re_trigger_latest/', body: { contract_ids: [1] } },
  ],
  contracts: [
    { status: 200, path: '/contracts/?page=2&limit=7&filter__display_status%5B%24in%5D=DRAFT,SIGN,EXECUTED' },
  ],
  by_external_metadata: [
    { status: 200, path: `/contracts/by_external_metadata/${contract.externalMetadata?.id}` },
  ],
  external_metadata: [
    { status: 200, path: `/contracts/${contract.id}/external_metadata` },
    { status: 200, path: `/contracts/${contract.id}/external_metadata`, prepare: noMetadata },
    { status: 404, path: '/contracts/T-1/external_metadata' },
  ],
  contract_status: [
    { status: 200, path: `/contracts/${contract.id}/status` },
    { status: 404, path: '/contracts/H-1/status' },
  ],
};

for (const operation of operations) {
  const template = API_PATH + operation.path;

  for (const example of examples[operation.id]) {
    test(`${operation.id} answers ${example.status} in the documented format: ${example.path}`, async (context) => {
      if (!loadOpenApi()) return context.skip(NO_OPENAPI);
      const workspace = structuredClone(uat);
      example.prepare?.(workspace);
      const { server, call } = await startWith(workspace);
      const response = await call(operation.method, example.path, example);
      expect(response.status).toBe(example.status);
      expect(validateResponse(operation.method, template, response.status, response.json)).toEqual([]);
      expect(server.requests[0]).toMatchObject({ operation: operation.id, status: example.status });
    });
  }

  test(`${operation.id} answers 401, 403, 429 and 500 in the documented format`, async (context) => {
    if (!loadOpenApi()) return context.skip(NO_OPENAPI);
    const { server, call } = await startWith(structuredClone(uat), { requestsPerSecond: 2 });
    const example = first(examples[operation.id]);
    const respond = async (headers: Record<string, string>) => {
      const response = await call(operation.method, example.path, { ...example, headers });
      expect(validateResponse(operation.method, template, response.status, response.json)).toEqual([]);
      return response.status;
    };
    server.faults.add({ operation: operation.id, times: 1, fault: { kind: 'status', status: 500 } });
    const statuses = [
      await respond({}),
      await respond({ 'user-email': 'nobody@northwind.example' }),
      await respond({}),
      await respond({ 'client-secret': 'wrong' }),
    ];
    expect(statuses).toEqual([500, 403, 429, 401]);
  });
}

test('every operation of the API document is served, and no other', (context) => {
  const document = loadOpenApi();
  if (!document) return context.skip(NO_OPENAPI);
  const served = operations.map(({ method, path }) => `${method} ${API_PATH}${path}`).sort();
  expect(served).toEqual(document.operations.map(({ method, path }) => `${method} ${path}`).sort());
});

test('the requests of these tests are documented ones', async (context) => {
  if (!loadOpenApi()) return context.skip(NO_OPENAPI);
  const { server, call } = await startWith(structuredClone(uat));
  for (const operation of operations)
    for (const example of examples[operation.id].filter(({ status }) => status < 400))
      await call(operation.method, example.path, example);
  const problems = server.requests.flatMap(({ method, path, query: sent, headers, body }) =>
    validateRequest(method, path, sent, headers, body),
  );
  expect(server.requests).toHaveLength(21);
  expect(problems).toEqual([]);
});

test('optional fields without a value are absent, not null', async () => {
  const { call } = await startWith(createWorkspace({ key: 'bare', users: [{ email: 'a@b.example' }] }));
  expect((await call('GET', '/auth/users/')).text).not.toContain('designation');
});
