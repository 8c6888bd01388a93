import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Fault } from '../../../sandbox/spotdraft/faults.ts';
import { startSpotDraft } from '../../../sandbox/spotdraft/server.ts';
import { createWorkspace } from '../../../sandbox/spotdraft/workspace.ts';
import { callerOf, start, startWith } from './caller.ts';

const workspace = (key = 'uat') => createWorkspace({ key, contractTypes: [{ name: 'NDA' }] });
const NORMAL = ['NDA'];

async function withFault(fault: Fault) {
  const { server, call } = await startWith(workspace());
  server.faults.add({ times: 1, fault });
  const attempt = () => call('GET', '/contract_types/');
  const names = async () => (await attempt()).json.map((type: { name: string }) => type.name);
  return { server, attempt, names };
}

test('a status has the documented error body', async () => {
  const { server, attempt, names } = await withFault({ kind: 'status', status: 503 });
  const response = await attempt();
  expect(response.status).toBe(503);
  expect(response.json).toEqual({
    detail: 'Service Unavailable',
    status_code: 503,
    message: 'Service Unavailable',
  });
  expect(server.requests[0]?.status).toBe(503);
  expect(await names()).toEqual(NORMAL);
});

test('a status can have its own body and headers', async () => {
  const { attempt } = await withFault({
    kind: 'status',
    status: 429,
    body: { slow: 'down' },
    headers: { 'retry-after': '2' },
  });
  const response = await attempt();
  expect([response.status, response.headers['retry-after']]).toEqual([429, '2']);
  expect(response.json).toEqual({ slow: 'down' });
});

test('a timeout sends nothing and leaves the connection open', async () => {
  const { server, attempt } = await withFault({ kind: 'timeout' });
  const outcome = attempt().then(
    () => 'answered',
    () => 'ended',
  );
  expect(await Promise.race([outcome, delay(150, 'silence')])).toBe('silence');
  expect(server.requests[0]?.status).toBeNull();
  expect(server.traffic('uat').maxInFlight).toBe(1);
  await server.stop();
  expect(await outcome).toBe('ended');
});

test('a slow answer is the normal one after a delay', async () => {
  const { names } = await withFault({ kind: 'slow', ms: 120 });
  const started = performance.now();
  expect(await names()).toEqual(NORMAL);
  expect(performance.now() - started).toBeGreaterThan(115);
});

test('stop does not wait for slow answers and leaves no timer behind', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  const { server, attempt } = await withFault({ kind: 'slow', ms: 60_000 });
  const outcome = attempt().catch(() => 'ended');
  await delay(50);
  expect(timers()).toBe(before + 1);
  await server.stop();
  expect(await outcome).toBe('ended');
  expect(timers()).toBe(before);
});

test('a reset closes the connection before anything is sent', async () => {
  const { server, attempt, names } = await withFault({ kind: 'reset' });
  await expect(attempt()).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(server.requests[0]?.status).toBeNull();
  expect(await names()).toEqual(NORMAL);
});

test('a reset in the body follows the status, the headers and half of the normal answer', async () => {
  const uat = workspace();
  const server = await start([uat]);
  server.faults.add({ fault: { kind: 'reset_mid_body' } });
  const headers = { 'client-id': uat.clientId, 'client-secret': uat.clientSecret };
  const response = await fetch(`${server.baseUrl}/contract_types/`, { headers });
  expect(response.status).toBe(200);
  const whole = JSON.stringify(uat.contractTypes.map(({ id, name }) => ({ id, name })));
  expect(response.headers.get('content-length')).toBe(String(whole.length));
  const reader = response.body?.getReader();
  const { value } = (await reader?.read()) ?? {};
  expect(new TextDecoder().decode(value)).toBe(whole.slice(0, Math.floor(whole.length / 2)));
  await expect(reader?.read()).rejects.toThrow();
  expect(server.requests[0]?.status).toBe(200);
});

test.each([
  [{ kind: 'html' }, 200],
  [{ kind: 'html', status: 502 }, 502],
] as const)('%j is a web page with status %i', async (fault, status) => {
  const { attempt } = await withFault(fault);
  const response = await attempt();
  expect(response.status).toBe(status);
  expect(response.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(response.text).toMatch(/^<!doctype html>/);
});

test('unexpected JSON has status 200', async () => {
  const { attempt } = await withFault({ kind: 'json', body: { results: null } });
  const response = await attempt();
  expect([response.status, response.json]).toEqual([200, { results: null }]);
});

test('an empty answer has status 200 and no body', async () => {
  const { attempt } = await withFault({ kind: 'empty' });
  const response = await attempt();
  expect([response.status, response.text, response.headers['content-length']]).toEqual([200, '', '0']);
});

test.each([
  [{ kind: 'redirect', location: 'https://login.example.com/?next=x' }, 302],
  [{ kind: 'redirect', location: 'https://login.example.com/?next=x', status: 308 }, 308],
] as const)('%j redirects with status %i', async (fault, status) => {
  const { attempt } = await withFault(fault);
  const response = await attempt();
  expect([response.status, response.headers.location]).toEqual([status, fault.location]);
});

test.each([20, 300_000])('a huge answer is valid JSON of %i bytes', async (bytes) => {
  const { attempt } = await withFault({ kind: 'huge', bytes });
  const response = await attempt();
  expect(response.text).toHaveLength(bytes);
  expect(Object.keys(response.json)).toEqual(['padding']);
  expect(response.headers['transfer-encoding']).toBe('chunked');
});

test('a caller that disconnects during a huge answer does no harm', async () => {
  const uat = workspace();
  const server = await start([uat]);
  server.faults.add({ times: 1, fault: { kind: 'huge', bytes: 50_000_000 } });
  const headers = { 'client-id': uat.clientId, 'client-secret': uat.clientSecret };
  const response = await fetch(`${server.baseUrl}/contract_types/`, { headers });
  await response.body?.cancel();
  expect((await callerOf(server, uat)('GET', '/contract_types/')).status).toBe(200);
});

test('a rule affects only matching requests, as many times as set', async () => {
  const [uat, prod] = [workspace('uat'), workspace('prod')];
  const server = await start([uat, prod]);
  const [inUat, inProd] = [callerOf(server, uat), callerOf(server, prod)];
  const fault: Fault = { kind: 'status', status: 418 };
  const statuses = async () => [
    (await inUat('GET', '/contract_types/')).status,
    (await inUat('GET', '/templates/')).status,
    (await inUat('POST', '/workspace/feature-flags/', { body: { flags: ['A'] } })).status,
    (await inProd('GET', '/contract_types/')).status,
    (await inUat('GET', '/contract_types/', { headers: { 'client-secret': 'x' } })).status,
  ];
  const seen = async (rule: Parameters<typeof server.faults.add>[0]) => {
    server.faults.clear();
    server.faults.add(rule);
    return statuses();
  };
  expect(await seen({ workspace: 'prod', fault })).toEqual([200, 200, 200, 418, 401]);
  expect(await seen({ operation: 'templates', fault })).toEqual([200, 418, 200, 200, 401]);
  expect(await seen({ method: 'post', fault })).toEqual([200, 200, 418, 200, 401]);
  expect(await seen({ path: /types\/$/g, fault })).toEqual([418, 200, 200, 418, 418]);
  expect(await seen({ workspace: 'uat', method: 'GET', fault })).toEqual([418, 418, 200, 200, 401]);
  expect(await seen({ times: 2, fault })).toEqual([418, 418, 200, 200, 401]);
  server.faults.clear();
  expect(await statuses()).toEqual([200, 200, 200, 200, 401]);
});

test('rules for the same requests apply in the order they were added', async () => {
  const { server, attempt } = await withFault({ kind: 'status', status: 500 });
  server.faults.add({ times: 1, fault: { kind: 'status', status: 502 } });
  const statuses = [(await attempt()).status, (await attempt()).status, (await attempt()).status];
  expect(statuses).toEqual([500, 502, 200]);
});

test('the rate limit comes before the faults and uses up none', async () => {
  const { server, call } = await startWith(workspace(), { requestsPerSecond: 1 });
  server.faults.add({ times: 2, fault: { kind: 'status', status: 500 } });
  const statuses = [
    (await call('GET', '/templates/')).status,
    (await call('GET', '/templates/')).status,
    (await call('GET', '/templates/', { headers: { 'client-secret': 'x' } })).status,
  ];
  expect(statuses).toEqual([500, 429, 500]);
});

test('stop ends even while connections hang', async () => {
  const uat = workspace();
  const server = await startSpotDraft({ workspaces: [uat] });
  server.faults.add({ fault: { kind: 'timeout' } });
  const hanging = callerOf(server, uat)('GET', '/templates/').catch(() => 'ended');
  await delay(50);
  await server.stop();
  expect(await hanging).toBe('ended');
  await expect(callerOf(server, uat)('GET', '/templates/')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});
