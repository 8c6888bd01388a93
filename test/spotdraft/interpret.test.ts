import { expect, test } from 'vitest';
import type { z } from 'zod';
import { Secret } from '../../src/config/secret.ts';
import * as contracts from '../../src/spotdraft/contract-schemas.ts';
import type { Fact, Source } from '../../src/spotdraft/fact.ts';
import { interpret } from '../../src/spotdraft/interpret.ts';
import * as schemas from '../../src/spotdraft/schemas.ts';
import type { Outcome } from '../../src/spotdraft/transport.ts';

const source: Source = {
  callId: 'call_1',
  method: 'GET',
  path: '/api/v2.1/public/templates/',
  status: 200,
  attempts: 1,
  ms: 1,
  at: 0,
};

const outcome = (given: Partial<Extract<Outcome, { kind: 'answer' }>>): Outcome => ({
  kind: 'answer',
  date: null,
  status: 200,
  contentType: 'application/json',
  location: null,
  retryAfter: null,
  body: '{}',
  ...given,
});

const read = <T>(schema: z.ZodType<T>, body: unknown): Fact<T> =>
  interpret(outcome({ body: JSON.stringify(body) }), schema, source, []);

const known = <T>(schema: z.ZodType<T>, body: unknown): T => {
  const fact = read(schema, body);
  if (!fact.known) throw new Error(fact.reason);
  return fact.value;
};

const reasonOf = (given: Partial<Extract<Outcome, { kind: 'answer' }>>, secrets: Secret[] = []) => {
  const fact = interpret(outcome(given), schemas.roles, source, secrets);
  if (fact.known) throw new Error('the fact is known');
  return fact;
};

const attribute = { display_label: 'Term', variable: 'term', type: 'int' };
const field = {
  variable: 'term',
  type: 'int',
  label: 'Term',
  required: true,
  parentRequired: null,
  defaultValue: null,
  options: [],
};

test('an intake form may be the array of the schema or the single object of the example', () => {
  expect(known(schemas.intakeForm, [attribute])).toEqual([field]);
  expect(known(schemas.intakeForm, attribute)).toEqual([field]);
  expect(known(schemas.intakeForm, [])).toEqual([]);
});

test('fields that are not required by the document may be absent or null', () => {
  const nulls = { ...attribute, required: null, options: null, attributes: null, question: null };
  expect(known(schemas.intakeForm, [nulls])).toEqual([field]);
  expect(known(schemas.intakeForm, [{ variable: 'term', type: 'int' }])).toEqual([{ ...field, label: null }]);
});

test('ids may be negative, and as text or number without rounding', () => {
  const rows = [-7, '-7', '9007199254740993'].map((id, at) => ({ id, name: `NDA ${at}` }));
  expect(known(schemas.contractTypes, rows).map(({ id }) => id)).toEqual([-7, -7, '9007199254740993']);
  const body = '[{"id":1152921504606847001,"name":"NDA"}]';
  const fact = interpret(outcome({ body }), schemas.contractTypes, source, []);
  expect(fact.known && fact.value[0]?.id).toBe('1152921504606847001');
});

test('rows that are counted and not sent were cut', () => {
  const answer = (row_count: number | null) => ({ rows: [{}], row_count, truncated: false });
  expect([1, null, 2].map((count) => known(schemas.analytics, answer(count)).truncated)).toEqual([
    false,
    false,
    true,
  ]);
});

test('a field is required unless the answer says otherwise', () => {
  const [optional] = known(schemas.intakeForm, [{ ...attribute, required: false }]);
  expect(optional?.required).toBe(false);
});

test('an option is kept with any value or none', () => {
  const options = [
    { label: 'A' },
    { label: 'B', value: null },
    { value: 3 },
    { label: 'D', value: { x: 1 } },
  ];
  expect(
    known(schemas.templateFields, { attributes: [{ ...attribute, options }] }).fields[0]?.options,
  ).toEqual([
    { label: 'A', value: null },
    { label: 'B', value: null },
    { label: null, value: 3 },
    { label: 'D', value: { x: 1 } },
  ]);
});

test('columns of a repeating field are fields, with or without the parent in their names', () => {
  const attributes = [
    { variable: 'sku', type: 'string' },
    { variable: 'items.price', type: 'float' },
  ];
  const fields = known(schemas.intakeForm, [{ variable: 'items', type: 'repeating', attributes }]);
  expect(fields.map(({ variable }) => variable)).toEqual(['items', 'items.sku', 'items.price']);
});

test('the documented example of template metadata, an empty object, is unknown and not empty', () => {
  expect(read(schemas.templateFields, {})).toMatchObject({ known: false, code: 'shape' });
  expect(known(schemas.templateFields, { attributes: [] })).toEqual({ fields: [], counterPartyKind: null });
});

const given: [string, object, object][] = [
  ['a default', { default_value: 24 }, { defaultValue: 24 }],
  ['a default of false', { default_value: false }, { defaultValue: false }],
  ['a default of a list', { default_value: ['a'] }, { defaultValue: ['a'] }],
  ['a default of null', { default_value: null }, { defaultValue: null }],
  ['an optional parent', { parent_required: false }, { parentRequired: false }],
  ['a parent of null', { parent_required: null }, { parentRequired: null }],
];
test.each(given)('%s of a field is kept', (_what, sent, kept) => {
  expect(known(schemas.intakeForm, [{ ...attribute, ...sent }])).toEqual([{ ...field, ...kept }]);
});

test('the kind of counterparty of a template is kept, and an empty one is none', () => {
  const kindOf = (kind: unknown) =>
    known(schemas.templateFields, { attributes: [], counter_party_kind: kind }).counterPartyKind;
  expect(['Both', 'Organization', '', null, undefined].map(kindOf)).toEqual([
    'Both',
    'Organization',
    null,
    null,
    null,
  ]);
});

test('entities keep their reference id and primary mark, and an empty one is none', () => {
  const row = { name: 'Acme Inc.', id: 1 };
  expect(
    known(schemas.entities, [
      { ...row, reference_id: 'US20', is_primary: true },
      { ...row, id: 2, reference_id: '' },
    ]),
  ).toEqual([
    { name: 'Acme Inc.', referenceId: 'US20', isPrimary: true },
    { name: 'Acme Inc.', referenceId: null, isPrimary: null },
  ]);
  expect(
    known(schemas.contractTypeEntities, [{ entity_name: 'A', is_primary: false }, { entity_name: 'B' }]),
  ).toEqual([
    { name: 'A', isPrimary: false },
    { name: 'B', isPrimary: null },
  ]);
});

test('an odd field in a list of contracts is read as absent and hides no other row', () => {
  const row = { id: 'T-1234', created: '2026-01-01T00:00:00Z' };
  const page = (results: object[]) => ({ page: 1, limit: 10, total_results: results.length, results });
  const rows = (results: object[]) => known(contracts.contractPage, page(results)).results;
  expect(rows([row, { ...row, id: 1234 }]).map(({ id }) => id)).toEqual(['T-1234', '1234']);
  expect(rows([{ ...row, external_metadata: null, created_by_workspace: null }])[0]).toEqual({
    id: 'T-1234',
    created: row.created,
    title: null,
    status: null,
    link: null,
    referenceId: null,
    counterparty: null,
    workspaceId: null,
    creator: null,
    externalMetadata: null,
  });
  const odd: [unknown, string | null][] = [
    ['T-1/../../webhooks', 'T-1/../../webhooks'],
    ['T-1234X', 'T-1234X'],
    [-1, '-1'],
    [1e21, '1e+21'],
    [null, null],
    ['', null],
    [{ number: 1 }, null],
  ];
  for (const [id, shown] of odd)
    expect(rows([{ ...row, id }, row]).map((each) => each.id)).toEqual([shown, 'T-1234']);
  for (const odd of [null, 'T-1', 7, []])
    expect(rows([odd as never, row]).map((each) => each.id)).toEqual([null, 'T-1234']);
  const oddFields = { created: 7, contract_name: [], external_metadata: 'none', created_by_workspace: '1' };
  expect(rows([{ ...row, ...oddFields }])).toEqual([
    {
      id: 'T-1234',
      created: null,
      title: null,
      status: null,
      link: null,
      referenceId: null,
      counterparty: null,
      workspaceId: null,
      creator: null,
      externalMetadata: null,
    },
  ]);
});

test('every field of external metadata is optional, and an id may be a number', () => {
  const empty = { id: null, integration: null, recordType: null, data: null };
  expect(known(contracts.externalMetadata, { external_metadata: {} })).toEqual(empty);
  expect(known(contracts.externalMetadata, { external_metadata: { id: '', record_data: null } })).toEqual(
    empty,
  );
  expect(known(contracts.externalMetadata, { external_metadata: { id: ' ' } })).toEqual(empty);
  expect(known(contracts.externalMetadata, { external_metadata: { id: 7 } })).toEqual({ ...empty, id: '7' });
});

test('an empty object or null means no external metadata; another object without the key is unknown', () => {
  expect(known(contracts.externalMetadata, {})).toBeNull();
  expect(known(contracts.externalMetadata, { external_metadata: null })).toBeNull();
  expect(read(contracts.externalMetadata, { detail: 'soon', status_code: 200 }).known).toBe(false);
  expect(read(contracts.externalMetadata, []).known).toBe(false);
});

const user = { email: 'a@b.example', is_active: true, first_name: 'A', last_name: 'B' };
const users = (row: object) => ({ page: 1, limit: 100, total_results: 1, results: [row] });

test('a user without roles is not a user with no roles', () => {
  const rolesOf = (row: object) => known(schemas.userPage, users(row)).results[0]?.roles;
  expect(rolesOf(user)).toBeNull();
  expect(rolesOf({ ...user, roles: null })).toBeNull();
  expect(rolesOf({ ...user, roles: [] })).toEqual([]);
  expect(rolesOf({ ...user, roles: [{ id: 1, name: 'Legal', description: 'x' }] })).toEqual(['Legal']);
});

test.each([['page'], ['limit'], ['total_results'], ['results']])(
  'a page without its %s is unknown, because its end is unknown',
  (key) => {
    const page: Record<string, unknown> = users(user);
    delete page[key];
    expect(read(schemas.userPage, page)).toMatchObject({ known: false, code: 'shape' });
  },
);

test('one row of the wrong shape makes the whole list unknown', () => {
  const fact = read(schemas.contractTypes, [{ id: 1, name: 'NDA' }, { id: 2 }]);
  expect(fact).toMatchObject({
    known: false,
    reason:
      'GET /api/v2.1/public/templates/: answered 200 with an unexpected shape (1.name is not of type string)',
  });
});

test('a feature-flags answer may be any object or list and nothing else', () => {
  for (const body of [{}, { flags: { A: true } }, [], [{ A: true }]])
    expect(known(schemas.featureFlags, body)).toEqual(body);
  for (const body of [null, true, 'on', 1]) expect(read(schemas.featureFlags, body).known).toBe(false);
});

test.each([
  [
    'documented',
    { detail: 'No.', status_code: 403, code: 'SD_PUBLIC_00044', message: 'No!' },
    'SD_PUBLIC_00044 No.',
  ],
  ['of feature flags', { error: 'none given' }, 'none given'],
  ['of re_trigger', { detail: 'Not Found' }, 'Not Found'],
  ['with nulls', { detail: null, message: 'M', code: null }, 'M'],
])('an error body %s explains the status', (_, body, words) => {
  const { reason } = reasonOf({ status: 400, body: JSON.stringify(body) });
  expect(reason).toBe(`GET /api/v2.1/public/templates/: answered 400: ${words}`);
});

test.each([
  ['a map of fields', JSON.stringify({ name: ['is required'] })],
  ['a list', '["no"]'],
  ['a web page', '<html>client-secret</html>'],
  ['nothing', ''],
  ['a detail that is not text', JSON.stringify({ detail: { nested: true } })],
])('an error body that is %s is not quoted', (_, body) => {
  expect(reasonOf({ status: 400, body }).reason).toBe('GET /api/v2.1/public/templates/: answered 400');
});

test.each([
  [401, 'unauthorized'],
  [402, 'refused'],
  [403, 'forbidden'],
  [404, 'not_found'],
  [429, 'rate_limited'],
  [500, 'server_error'],
  [501, 'not_enabled'],
  [504, 'server_error'],
  [302, 'redirect'],
  [304, 'redirect'],
] as const)('status %i is the unknown %s', (status, code) => {
  expect(reasonOf({ status }).code).toBe(code);
});

test('an undocumented 2xx status is judged by its body', () => {
  expect(reasonOf({ status: 204, body: '' }).code).toBe('empty');
});

/** Contains every character that could end a path, a value, a string or an escape. */
const awkward = 'kZ7mTb4Jc?qW9#xY2"vB5\\nM8%41;tR6&pL3+hG1/=dF0 cS4';
const plain = 'sk_live_4f9a8b7c6d5e';

const spelled = (secret: string) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];

/** Fails on any eight consecutive characters of any spelling. */
function expectHidden(text: string, secret: string): void {
  for (const spelling of spelled(secret))
    for (let start = 0; start + 8 <= spelling.length; start += 1)
      expect(text).not.toContain(spelling.slice(start, start + 8));
}

for (const value of [plain, awkward]) {
  const secret = new Secret(value);
  const echoes: [string, Partial<Extract<Outcome, { kind: 'answer' }>>][] = [
    [
      'in the text of an error',
      { status: 400, body: JSON.stringify({ detail: `bad client-secret ${value}` }) },
    ],
    ['in the code of an error', { status: 400, body: JSON.stringify({ code: value, message: value }) }],
    [
      'in headers quoted as JSON',
      { status: 400, body: JSON.stringify({ detail: JSON.stringify({ 'client-secret': value }) }) },
    ],
    [
      'across the place where text is cut',
      { status: 400, body: JSON.stringify({ detail: `${'x'.repeat(190)}${value}` }) },
    ],
    ['in the path of a redirect', { status: 302, location: `https://login.example/${value}` }],
    [
      'encoded in a redirect',
      { status: 302, location: `https://login.example/${encodeURIComponent(value)}` },
    ],
    ['in the query of a redirect', { status: 302, location: `https://login.example/?secret=${value}` }],
    [
      'across the place where a redirect is cut',
      { status: 302, location: `https://login.example/${'x'.repeat(170)}/${value}` },
    ],
    ['in the content type', { status: 200, contentType: `text/${value}`, body: 'no' }],
    ['in a body of another shape', { status: 200, body: JSON.stringify({ headers: { secret: value } }) }],
    ['as a key of another shape', { status: 200, body: JSON.stringify({ active_roles: { [value]: 1 } }) }],
    ['in a web page', { status: 200, contentType: 'text/html', body: `<p>${value}</p>` }],
  ];
  test.each(echoes)(
    `the secret ${value} that a server echoes %s does not appear in the reason`,
    (_, given) => {
      const fact = reasonOf(given, [new Secret('another'), secret]);
      expectHidden(`${fact.reason}\n${fact.spotdraftCode}`, value);
    },
  );
}

const keyPointer = { id: 31, descriptors: [attribute] };
const type = { id: 1, name: 'Order Form' };
const listedTemplate = { id: 21, name: 'Standard', contract_type_id: 1 };

test.each([
  ['contract type', schemas.contractTypes, (rows: object[]) => rows, type],
  ['contract type', schemas.contractTypes, (rows: object[]) => rows, { ...type, id: '1' }],
  ['template', schemas.templates, (items: object[]) => ({ items }), listedTemplate],
  ['role', schemas.roles, (active_roles: object[]) => ({ active_roles }), { id: 'a1', name: 'Legal' }],
  ['metadata field', schemas.metadataFields, (rows: object[]) => rows, keyPointer],
  ['entity', schemas.entities, (rows: object[]) => rows, { id: 5, name: 'Acme GmbH', is_primary: true }],
  ['entity', schemas.contractTypeEntities, (rows: object[]) => rows, { entity_id: 5, entity_name: 'Acme' }],
])('a %s that is listed twice is one', (_kind, schema, listOf, row) => {
  expect(known<unknown>(schema, listOf([row, { ...row, unused: 'of another page' }]))).toHaveLength(1);
});

test('rows that share an id or a name, but not both, are two; rows without an id are never merged', () => {
  expect(known(schemas.contractTypes, [type, { ...type, id: 2 }])).toHaveLength(2);
  expect(known(schemas.contractTypes, [type, { ...type, name: 'MSA' }])).toHaveLength(2);
  expect(
    known(schemas.roles, { active_roles: [{ name: 'Legal' }, { id: null, name: 'Legal' }] }),
  ).toHaveLength(2);
  expect(
    known(schemas.roles, {
      active_roles: [
        { id: 1, name: 'Legal' },
        { id: '1', name: 'Legal' },
      ],
    }),
  ).toHaveLength(1);
});

test('a list that shows one object twice with different contents is unknown', () => {
  for (const fact of [
    read(schemas.templates, { items: [listedTemplate, { ...listedTemplate, contract_type_id: 2 }] }),
    read(schemas.metadataFields, [
      keyPointer,
      { ...keyPointer, descriptors: [{ ...attribute, required: false }] },
    ]),
    read(schemas.entities, [
      { id: 5, name: 'Acme', is_primary: true },
      { id: 5, name: 'Acme', is_primary: false },
    ]),
  ])
    expect(fact).toMatchObject({
      known: false,
      code: 'shape',
      reason: expect.stringContaining('one id is listed twice with different contents'),
    });
});

test.each([
  ['lists', '['.repeat(100_000) + ']'.repeat(100_000)],
  ['objects', `{"results":[{"record_data":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}]}`],
  ['an answer with a long number', `{"id":12345678901234567890,"a":${'['.repeat(201)}${']'.repeat(201)}}`],
  ['an answer that is cut', '['.repeat(300)],
])('JSON nested too deeply to be stored is not known: %s', (_name, body) => {
  expect(reasonOf({ body }).reason).toContain('answered 200 with JSON of more than 200 levels');
});

test('brackets in texts are no levels', () => {
  expect(reasonOf({ body: JSON.stringify({ a: '[{"\\'.repeat(1_000) }) }).reason).toContain(
    'an unexpected shape',
  );
});
