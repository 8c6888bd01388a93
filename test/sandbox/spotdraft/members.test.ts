import { expect, test } from 'vitest';
import { createWorkspace } from '../../../sandbox/spotdraft/workspace.ts';
import { startWith } from './caller.ts';

const workspace = (count = 0) =>
  createWorkspace({
    key: 'uat',
    roles: [{ name: 'Legal Team', description: 'Reviews' }, { name: 'NA Sales' }],
    users: [
      { email: 'ana.lima+legal@northwind.example', roles: ['Legal Team'] },
      { email: 'Ben@northwind.example', name: 'Ana Benson', active: false },
      ...Array.from({ length: count }, (_, index) => ({ email: `user${index}@northwind.example` })),
    ],
  });

test('users have pages of ten, each with its number and the total', async () => {
  const { call } = await startWith(workspace(21));
  const first = (await call('GET', '/auth/users/')).json;
  expect(first).toMatchObject({ page: 1, limit: 10, total_results: 23 });
  const third = (await call('GET', '/auth/users/?page=3')).json;
  expect([first.results.length, third.results.length]).toEqual([10, 3]);
  expect((await call('GET', '/auth/users/?page=4')).json).toMatchObject({ page: 4, results: [] });
  const all = (await call('GET', '/auth/users/?limit=23')).json.results;
  expect(all.slice(20)).toEqual(third.results);
});

test('a limit over 100 is reduced to 100, also in the answer', async () => {
  const { call } = await startWith(workspace(120));
  const { limit, results, total_results } = (await call('GET', '/auth/users/?limit=500')).json;
  expect([limit, results.length, total_results]).toEqual([100, 100, 122]);
});

test.each(['page=0', 'page=x', 'limit=0', 'limit=-1', 'limit=1.5'])('users?%s is refused', async (query) => {
  const { call } = await startWith(workspace());
  expect((await call('GET', `/auth/users/?${query}`)).status).toBe(400);
});

test.each([
  ['user_email=ana.lima%2Blegal%40northwind.example', ['Ana Lima+legal']],
  ['user_email=ben@northwind.example', ['Ana Benson']],
  ['user_email=ana.lima', []],
  ['user_email=ana.lima+legal@northwind.example', []],
  ['user_name=ANA', ['Ana Lima+legal', 'Ana Benson']],
  ['user_name=ana%20b', ['Ana Benson']],
  ['user_name=Benson', []],
])('users?%s finds %j', async (query, expected) => {
  const { call } = await startWith(workspace());
  const { results, total_results } = (await call('GET', `/auth/users/?${query}`)).json;
  expect(results.map((user: { name: string }) => user.name)).toEqual(expected);
  expect(total_results).toBe(expected.length);
});

test('a user has a state and roles', async () => {
  const uat = workspace();
  const { call } = await startWith(uat);
  const { results } = (await call('GET', '/auth/users/')).json;
  const role = { id: uat.roles[0]?.id, name: 'Legal Team', description: 'Reviews' };
  expect(results[0]).toMatchObject({ is_active: true, roles: [role] });
  expect(results[1]).toMatchObject({ is_active: false, roles: [] });
  expect((await call('GET', '/auth/roles/')).json).toEqual({
    active_roles: [role, { id: uat.roles[1]?.id, name: 'NA Sales' }],
  });
});

test('feature flags are returned only for the requested names', async () => {
  const uat = workspace();
  uat.featureFlags = { A: true, B: false, C: true };
  const { call } = await startWith(uat);
  const response = await call('POST', '/workspace/feature-flags/', { body: { flags: ['A', 'B', 'NEVER'] } });
  expect(response.json).toEqual({ A: true, B: false, NEVER: false });
});

test.each([
  [{}, { error: 'flags is empty. Name at least one flag.' }],
  [{ flags: [] }, { error: 'flags is empty. Name at least one flag.' }],
  [{ flags: 'A' }, { detail: 'flags is not a list of strings.', status_code: 400 }],
  [{ flags: [1] }, { detail: 'flags is not a list of strings.', status_code: 400 }],
])('a feature flag request with %j is refused', async (body, expected) => {
  const { call } = await startWith(workspace());
  const response = await call('POST', '/workspace/feature-flags/', { body });
  expect(response.status).toBe(400);
  expect(response.json).toMatchObject(expected);
});
