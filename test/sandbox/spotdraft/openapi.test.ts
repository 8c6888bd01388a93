import { beforeEach, describe, expect, test } from 'vitest';
import { loadOpenApi, NO_OPENAPI } from '../../openapi.ts';
import { validateRequest, validateResponse } from '../../openapi-validation.ts';

const path = '/api/v2.1/public';
const headers = { 'client-id': 'a', 'client-secret': 'b', 'content-type': 'application/json' };
const request = (
  method: string,
  wirePath: string,
  query = '',
  body = '',
  sent: Record<string, string> = headers,
) => validateRequest(method, path + wirePath, new URLSearchParams(query), sent, body);

describe('the validation against the API document', () => {
  beforeEach((context) => {
    if (!loadOpenApi()) context.skip(NO_OPENAPI);
  });

  test.each([
    ['a documented GET', 'GET', '/contract_types/', ''],
    ['integers and flags in the query', 'GET', '/key_pointers/', 'contract_type_id=4&is_external=true'],
    ['a list of statuses', 'GET', '/contracts/', 'filter__display_status[$in]=DRAFT,SIGN'],
    ['a filter that the trimmed document only names', 'GET', '/contracts/', 'filter__tags[$in]=a'],
    ['a literal segment before a parameter', 'GET', '/contracts/by_external_metadata/status', ''],
  ])('accepts %s', (_, method, wirePath, query) => {
    expect(request(method, wirePath, query)).toEqual([]);
  });

  test.each([
    ['a missing trailing slash', 'GET', '/contract_types', '', 'no documented path'],
    ['a stray trailing slash', 'GET', '/contract_types/4/entities/', '', 'no documented path'],
    ['a doubled slash', 'GET', '//contract_types/', '', 'no documented path'],
    ['another method', 'PUT', '/contract_types/', '', 'PUT is not documented'],
    ['a path parameter of another form', 'GET', '/contracts/C-1/status', '', 'path parameter composite_id'],
    ['a missing required parameter', 'GET', '/key_pointers/', '', 'contract_type_id is missing'],
    ['an unknown parameter', 'GET', '/contracts/', 'sort=created', 'sort is not documented'],
    ['an invalid integer', 'GET', '/auth/users/', 'page=two', 'must be integer'],
    ['an invalid time', 'GET', '/contracts/', 'filter__created_at[$gte]=yesterday', 'format'],
    ['an invalid status', 'GET', '/contracts/', 'filter__display_status[$in]=DRAFT,SIGNED', 'allowed values'],
    ['a parameter sent twice', 'GET', '/auth/users/', 'page=1&page=2', 'sent 2 times'],
  ])('reports %s', (_, method, wirePath, query, problem) => {
    const problems = request(method, wirePath, query);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });

  test('reports a missing credential', () => {
    expect(request('GET', '/contract_types/', '', '', { 'client-id': 'a' })).toEqual([
      'header client-secret is missing',
    ]);
  });

  test.each([
    ['', 'the body is missing'],
    ['{', 'not JSON'],
    ['{"query":1}', 'must be string'],
    ['{"query":"SELECT 1","limit":5}', 'additional properties'],
  ])('reports the invalid body %j', (body, problem) => {
    expect(request('POST', '/analytics/query/', '', body).join()).toContain(problem);
  });

  test('reports a body of another type and an unexpected body', () => {
    const other = { ...headers, 'content-type': 'text/plain' };
    expect(request('POST', '/analytics/query/', '', '{"query":"SELECT 1"}', other)).toEqual([
      'content-type is text/plain',
    ]);
    expect(request('GET', '/contract_types/', '', '{}')).toEqual(['a body where none is documented']);
  });

  test.each([
    [200, [{ id: 1, name: 'NDA' }], ''],
    [200, [{ id: '1', name: 'NDA' }], 'must be integer'],
    [200, [{ id: 1 }], "required property 'name'"],
    [200, [{ id: 1, name: 'NDA', status: 'ACTIVE' }], 'additional properties'],
    [418, {}, 'not documented'],
    [503, 'anything', ''],
  ])('checks a response of status %i with %j', (status, body, problem) => {
    const problems = validateResponse('GET', `${path}/contract_types/`, status, body);
    if (problem === '') expect(problems).toEqual([]);
    else expect(problems.join()).toContain(problem);
  });
});
