import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { createWorkspace } from '../../../sandbox/spotdraft/workspace.ts';
import { startWith } from './caller.ts';

const users = [
  { id: 1, email: 'gone@northwind.example', active: false },
  { id: 2, email: 'ana.lima@northwind.example', designation: 'Counsel' },
  { id: 3, email: 'ben@northwind.example' },
];
const workspace = () => createWorkspace({ key: 'uat', users });
const valid = {
  title: 'CRM',
  url: 'https://hooks.example.com/uat',
  only_for_activities: ['CONTRACT_CREATED', 'CONTRACT_EXECUTED'],
};

test('the key is base64 of 64 bytes, always the same, and different in every workspace', async () => {
  const { server, call } = await startWith(workspace());
  const { hmac_key: key } = (await call('GET', '/webhooks/hmac_key/')).json;
  expect(Buffer.from(key, 'base64')).toHaveLength(64);
  expect(key).toBe(createWorkspace({ key: 'uat' }).hmacKey);
  expect(key).not.toBe(createWorkspace({ key: 'prod' }).hmacKey);
  server.workspace('uat').hmacKey = createHash('sha512').update('new').digest('base64');
  expect((await call('GET', '/webhooks/hmac_key/')).json.hmac_key).not.toBe(key);
});

test('a new webhook is active, stored in the workspace and returned', async () => {
  const clock = { now: () => Date.UTC(2026, 5, 1) };
  const { server, call } = await startWith(workspace(), { clock });
  const body = { ...valid, description: 'For deals', custom_headers: { ' X-Key ': 'secret' } };
  const response = await call('POST', '/webhooks/', { body });
  expect(response.status).toBe(201);
  const [kept] = server.workspace('uat').webhooks;
  expect(response.json).toEqual({
    ...body,
    id: kept?.id,
    status: 'ACTIVE',
    custom_headers: { 'X-Key': 'secret' },
    created_by_user: { id: 2, email: 'ana.lima@northwind.example', name: 'Ana Lima', designation: 'Counsel' },
  });
  expect(kept).toMatchObject({ url: valid.url, status: 'ACTIVE', created: '2026-06-01T00:00:00.000Z' });
});

test('the request’s user is the creator of the webhook', async () => {
  const { call } = await startWith(workspace());
  const headers = { 'user-email': 'ben@northwind.example' };
  expect((await call('POST', '/webhooks/', { body: valid, headers })).json.created_by_user.id).toBe(3);
});

test('two webhooks with the same content are distinct', async () => {
  const { server, call } = await startWith(workspace());
  const ids = [
    (await call('POST', '/webhooks/', { body: valid })).json.id,
    (await call('POST', '/webhooks/', { body: valid })).json.id,
  ];
  expect(new Set(ids).size).toBe(2);
  expect(server.workspace('uat').webhooks.map((webhook) => webhook.id)).toEqual(ids);
});

test.each([
  ['no title', { title: undefined }, 'title'],
  ['an empty title', { title: '' }, 'title'],
  ['a plain http URL', { url: 'http://hooks.example.com/uat' }, 'url'],
  ['an invalid URL', { url: 'hooks.example.com' }, 'url'],
  ['no activities', { only_for_activities: [] }, 'at least one activity'],
  [
    'an unknown activity',
    { only_for_activities: ['CONTRACT_CREATED', 'CONTRACT_SIGNED_BY_ME'] },
    'CONTRACT_SIGNED_BY_ME.',
  ],
  ['a description that is not text', { description: 5 }, 'description'],
  ['headers that are not an object', { custom_headers: ['X-Key'] }, 'custom_headers must be an object'],
  ['a standard header', { custom_headers: { Authorization: 'Bearer x' } }, 'Authorization'],
  ['a header with a space in it', { custom_headers: { 'X-My Key': 'x' } }, 'X-My Key'],
  ['a reserved header', { custom_headers: { 'X-SD-Key': 'x' } }, 'X-SD-'],
  ['a reserved header in other letters', { custom_headers: { ' x-datadog-id': 'x' } }, 'X-Datadog-'],
  ['a header without text', { custom_headers: { 'X-Key': 5 } }, 'X-Key'],
])('a webhook with %s is refused', async (_, change, problem) => {
  const { server, call } = await startWith(workspace());
  const response = await call('POST', '/webhooks/', { body: { ...valid, ...change } });
  expect(response.status).toBe(400);
  expect(response.json.detail).toContain(problem);
  expect(server.workspace('uat').webhooks).toEqual([]);
});

test('all problems of a webhook are reported at once', async () => {
  const { call } = await startWith(workspace());
  const { detail } = (await call('POST', '/webhooks/', { body: {} })).json;
  expect(detail.match(/title|url|only_for_activities/g)).toEqual(['title', 'url', 'only_for_activities']);
});

test('a webhook can be deleted once', async () => {
  const { server, call } = await startWith(workspace());
  const { id } = (await call('POST', '/webhooks/', { body: valid })).json;
  const deleted = await call('DELETE', `/webhooks/${id}`);
  expect([deleted.status, deleted.text]).toEqual([204, '']);
  expect(server.workspace('uat').webhooks).toEqual([]);
  expect((await call('DELETE', `/webhooks/${id}`)).status).toBe(404);
});

test('without the permission webhooks cannot be created or deleted, but the key can be read', async () => {
  const { server, call } = await startWith(workspace());
  const { id } = (await call('POST', '/webhooks/', { body: valid })).json;
  server.workspace('uat').developerSettings = false;
  expect((await call('POST', '/webhooks/', { body: valid })).status).toBe(403);
  expect((await call('DELETE', `/webhooks/${id}`)).status).toBe(403);
  expect(server.workspace('uat').webhooks).toHaveLength(1);
  expect((await call('GET', '/webhooks/hmac_key/')).status).toBe(200);
});
