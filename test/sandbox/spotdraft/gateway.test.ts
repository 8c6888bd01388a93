import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'undici';
import { expect, test } from 'vitest';
import { startSpotDraft } from '../../../sandbox/spotdraft/server.ts';
import { createWorkspace } from '../../../sandbox/spotdraft/workspace.ts';
import { callerOf, start, startWith } from './caller.ts';

const members = {
  key: 'uat',
  contractTypes: [{ name: 'NDA' }],
  users: [
    { email: 'ana@northwind.example', active: true },
    { email: 'ben@northwind.example', active: false },
  ],
};
const workspace = () => createWorkspace(members);

test('credentials give access to their own workspace only', async () => {
  const [uat, prod] = [workspace(), createWorkspace({ key: 'prod', contractTypes: [{ name: 'MSA' }] })];
  const server = await start([uat, prod]);
  const names = async (call: ReturnType<typeof callerOf>) =>
    (await call('GET', '/contract_types/')).json.map((type: { name: string }) => type.name);
  expect(await names(callerOf(server, uat))).toEqual(['NDA']);
  expect(await names(callerOf(server, prod))).toEqual(['MSA']);
  expect(server.requests.map((each) => each.workspace)).toEqual(['uat', 'prod']);
});

test.each([
  [{ 'client-id': '' }, 'Missing header: client-id.'],
  [{ 'client-id': '', 'client-secret': '' }, 'Missing header: client-id, client-secret.'],
  [{ 'client-secret': 'wrong' }, 'The credentials are not accepted.'],
])('credentials with %j are refused with 401', async (headers, detail) => {
  const { server, call } = await startWith(workspace());
  const response = await call('GET', '/contract_types/', { headers });
  expect(response.status).toBe(401);
  expect(response.json).toEqual({ detail, status_code: 401, message: detail });
  expect(server.requests[0]).toMatchObject({ workspace: null, operation: 'contract_types', status: 401 });
});

test('the secret of another workspace is refused', async () => {
  const [uat, prod] = [workspace(), createWorkspace({ key: 'prod' })];
  const call = callerOf(await start([uat, prod]), uat);
  expect(
    (await call('GET', '/contract_types/', { headers: { 'client-secret': prod.clientSecret } })).status,
  ).toBe(401);
});

test('a rotated secret applies from the next request', async () => {
  const uat = workspace();
  const { server, call } = await startWith(uat);
  server.workspace('uat').clientSecret = 'new';
  expect((await call('GET', '/contract_types/', { headers: { 'client-secret': 'new' } })).status).toBe(200);
  expect((await call('GET', '/contract_types/', { headers: { 'client-secret': 'old' } })).status).toBe(401);
});

test.each([
  ['ana@northwind.example', 200],
  ['Ana@Northwind.example', 200],
  ['ben@northwind.example', 403],
  ['nobody@northwind.example', 403],
])('user-email %s is answered %i', async (email, status) => {
  const { call } = await startWith(workspace());
  const response = await call('GET', '/contract_types/', { headers: { 'user-email': email } });
  expect(response.status).toBe(status);
  if (status === 403)
    expect(response.json.detail).toBe(`user-email ${email} is not an active member of this workspace.`);
});

test.each([
  ['/contract_types', '/contract_types/'],
  ['/contract_types/4/entities/', '/contract_types/4/entities'],
  ['/key_pointers?contract_type_id=4', '/key_pointers/?contract_type_id=4'],
])('%s is redirected to the documented form of the path', async (wrong, right) => {
  const { server, call } = await startWith(workspace());
  const response = await call('GET', wrong);
  expect(response.status).toBe(302);
  expect(response.headers.location).toBe(server.baseUrl + right);
});

test.each([
  '/nothing/',
  '//contract_types/',
  '/contract_types//',
  '/templates/abc/',
  '/contract_types/abc/entities',
  '/contracts/C-1/status',
  '/contracts/by_external_metadata/%',
])('%s is answered with a 404 page', async (path) => {
  const { call } = await startWith(workspace());
  const response = await call('GET', path);
  expect(response.status).toBe(404);
  expect(response.headers['content-type']).toContain('text/html');
  expect(response.text).toContain('<h1>Not Found</h1>');
});

test('a doubled /api is answered with a 404 page', async () => {
  const uat = workspace();
  const server = await start([uat]);
  const headers = { 'client-id': uat.clientId, 'client-secret': uat.clientSecret };
  const response = await request(`${server.url}/api/api/v2.1/public/contract_types/`, { headers });
  expect(response.statusCode).toBe(404);
  expect(await response.body.text()).toContain('Not Found');
});

test('another method on a documented path is refused with the allowed methods', async () => {
  const { call } = await startWith(workspace());
  const response = await call('PUT', '/webhooks/', { body: {} });
  expect(response.status).toBe(405);
  expect(response.headers.allow).toBe('POST');
});

test('each workspace has its own limit, by default ten per second', async () => {
  const [uat, prod] = [workspace(), createWorkspace({ key: 'prod' })];
  const server = await startSpotDraft({ workspaces: [uat, prod] });
  const statuses = async (call: ReturnType<typeof callerOf>, count: number) =>
    (await Promise.all(Array.from({ length: count }, () => call('GET', '/templates/')))).map((r) => r.status);
  const [first, second] = await Promise.all([
    statuses(callerOf(server, uat), 11),
    statuses(callerOf(server, prod), 10),
  ]);
  expect(first.filter((status) => status === 429)).toHaveLength(1);
  expect(second).toEqual(Array(10).fill(200));
  await server.stop();
});

test('a body over one MiB is refused, a body of exactly one MiB is accepted', async () => {
  const { server, call } = await startWith(workspace());
  const limit = 1024 * 1024;
  const body = (bytes: number) => JSON.stringify({ flags: ['x'.repeat(bytes - '{"flags":[""]}'.length)] });
  expect((await call('POST', '/workspace/feature-flags/', { body: body(limit) })).status).toBe(200);
  const refused = await call('POST', '/workspace/feature-flags/', { body: body(limit + 1) });
  expect(refused.status).toBe(413);
  expect(server.requests.map((each) => each.body.length)).toEqual([limit, 0]);
});

test.each([
  ['{', 'valid JSON'],
  ['', 'valid JSON'],
  ['[]', 'JSON object'],
  ['"x"', 'JSON object'],
  ['null', 'JSON object'],
])('the body %j is refused when an object is expected', async (body, problem) => {
  const { call } = await startWith(workspace());
  const response = await call('POST', '/workspace/feature-flags/', { body });
  expect(response.status).toBe(400);
  expect(response.json.detail).toBe(
    `The request body is not ${problem === 'valid JSON' ? '' : 'a '}${problem}.`,
  );
});

test('every request is recorded as received', async () => {
  const { server, call } = await startWith(workspace());
  const before = performance.now();
  await call('POST', '/analytics/query/?a=1&a=2', { body: '{"query":"SELECT id FROM users"}' });
  await call('GET', '/contract_types');
  const [query, slash] = server.requests;
  expect(query).toMatchObject({
    workspace: 'uat',
    method: 'POST',
    path: '/api/v2.1/public/analytics/query/',
    body: '{"query":"SELECT id FROM users"}',
    operation: 'analytics_query',
    status: 200,
  });
  expect(query?.query.getAll('a')).toEqual(['1', '2']);
  expect(query?.headers['client-id']).toBe('sim-uat-client-id');
  expect(query?.at).toBeGreaterThan(before);
  expect(slash).toMatchObject({ path: '/api/v2.1/public/contract_types', operation: null, status: 302 });
});

test('requests beyond the rate limit get 429 without Retry-After until a second has passed, and count as traffic', async () => {
  const { server, call } = await startWith(workspace(), { latencyMs: 40, requestsPerSecond: 3 });
  const burst = await Promise.all(Array.from({ length: 5 }, () => call('GET', '/contract_types/')));
  expect(burst.map((each) => each.status).sort()).toEqual([200, 200, 200, 429, 429]);
  const refused = burst.find((each) => each.status === 429);
  expect(refused?.json).toMatchObject({ status_code: 429 });
  expect(refused?.headers).not.toHaveProperty('retry-after');
  await delay(1_050);
  expect((await call('GET', '/templates/')).status).toBe(200);
  expect((await call('GET', '/templates/')).status).toBe(200);
  expect(server.traffic('uat')).toEqual({ total: 7, maxInAnySecond: 5, maxInFlight: 5 });
  server.resetTraffic();
  expect(server.requests).toEqual([]);
  expect(server.traffic('uat')).toEqual({ total: 0, maxInAnySecond: 0, maxInFlight: 0 });
});

test('requests without valid credentials count for no workspace', async () => {
  const { server, call } = await startWith(workspace());
  await call('GET', '/templates/', { headers: { 'client-secret': 'wrong' } });
  expect(server.traffic('uat').total).toBe(0);
  expect(server.requests).toHaveLength(1);
});

test('every answer has the latency', async () => {
  const { call } = await startWith(workspace(), { latencyMs: 80 });
  const started = performance.now();
  await call('GET', '/nothing/');
  expect(performance.now() - started).toBeGreaterThan(75);
});

test('a server exposes its URLs and refuses an unknown workspace', async () => {
  const { server } = await startWith(workspace());
  expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(server.baseUrl).toBe(`${server.url}/api/v2.1/public`);
  expect(server.url).toBe(`http://${server.host}`);
  expect(() => server.workspace('prd')).toThrow('There is no workspace "prd". Known workspaces: uat.');
  expect(() => server.traffic('prd')).toThrow('There is no workspace "prd"');
});

test('a start with a taken port or duplicate keys fails', async () => {
  const { server } = await startWith(workspace());
  const port = Number(server.host.split(':')[1]);
  await expect(startSpotDraft({ workspaces: [], port })).rejects.toThrow('EADDRINUSE');
  await expect(startSpotDraft({ workspaces: [workspace(), workspace()] })).rejects.toThrow('share a key');
});
