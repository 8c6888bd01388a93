import { describe, expect, test } from 'vitest';
import { activities } from '../../src/config/activities.ts';
import { load, problemsOf, withKeys, withSections } from './written-config.ts';

const webhooks = (more: string) =>
  withKeys(`webhooks: { url: https://x.example/webhooks/uat, activities: [CONTRACT_CREATED]${more} }`);

test('a file with one environment gets the documented default everywhere else', () => {
  const { file: _file, database: _database, environments, ...rest } = load(withSections(''));
  expect(environments).toMatchObject([
    {
      name: 'uat',
      production: false,
      region: 'us',
      baseUrl: 'https://api.us.spotdraft.com/api/v2.1/public',
      userEmail: null,
      workspaceId: null,
      webhooks: null,
      intake: null,
      receivers: [],
    },
  ]);
  expect(rest).toEqual({
    publicUrl: null,
    requires: {
      contractTypes: [],
      templates: [],
      workflows: [],
      roles: [],
      users: [],
      featureFlags: [],
      logging: { requests: 'reported', retries: 'reported' },
    },
    externalMetadata: null,
    notApplicable: [],
    promotion: { from: null, to: null, withinMs: 30 * 86_400_000 },
    signOffs: [],
    drift: { snapshotEveryMs: 3_600_000, pairs: [], ignore: [] },
    reports: [],
    log: { keepMs: 90 * 86_400_000, payloads: 'redacted' },
    access: {
      read: 'members',
      signOff: { users: [], groups: [] },
      waive: { users: [], groups: [] },
      operate: { users: [], groups: [] },
    },
    record: { key: null },
    limits: { requestsPerSecond: 5 },
    trustedHosts: [],
    slack: null,
    http: { host: '0.0.0.0', port: 3000, trustProxy: [] },
    logLevel: 'info',
  });
});

test('a key that an entry leaves out gets its default', () => {
  const config = load(`${webhooks('')}
requires:
  contractTypes: [{ name: " Order Form ", metadataFields: [{ variable: a }] }]
  templates: [{ name: T }]
  workflows: [{ title: W, signatories: [{ party: CREATOR_PARTY, name: S }], approvals: [A, { name: B, role: R }] }]
  users: [{ email: a@x.example }]
externalMetadata: { rules: [{ integration: S, recordType: R }] }
signOffs: [{ id: a, title: A }]
drift: { ignore: [{ path: roles, reason: y }] }
reports: [{ name: r, cron: "0 9 * * *", channel: C12345 }]
access: { waive: { users: [W1] } }
`);
  expect(config.environments[0]?.webhooks).toMatchObject({ maxSilenceMs: null, eventId: null });
  const field = { variable: 'a', type: null, required: null, options: null };
  expect(config.requires).toMatchObject({
    contractTypes: [
      { name: 'Order Form', entities: [], intakeFields: [], metadataFields: [field], environments: null },
    ],
    templates: [{ name: 'T', contractType: null, fields: [], environments: null }],
    workflows: [
      {
        title: 'W',
        signatories: [{ party: 'CREATOR_PARTY', name: 'S', order: null, conditional: null }],
        approvals: [
          { name: 'A', order: null, role: null, conditional: null },
          { name: 'B', order: null, role: 'R', conditional: null },
        ],
        environments: null,
      },
    ],
    users: [{ email: 'a@x.example', roles: [], environments: null }],
  });
  expect(config.externalMetadata).toEqual({
    sample: 50,
    rules: [{ integration: 'S', recordType: 'R', id: null, unique: false }],
    foreignMarkers: [],
  });
  expect(config.signOffs).toEqual([
    { id: 'a', title: 'A', validForMs: null, approvals: 1, people: [], covers: null, environments: null },
  ]);
  expect(config.drift.ignore).toEqual([{ path: 'roles', reason: 'y', until: null }]);
  expect(config.reports).toMatchObject([
    { timezone: 'UTC', environments: ['uat'], sections: ['readiness', 'drift', 'events'], when: 'changed' },
  ]);
  expect(config.access.waive).toEqual({ users: ['W1'], groups: [] });
});

describe('a URL whose shape a check will judge', () => {
  test.each([
    'https://api.eu.spotdraft.com/api/v2.1/public',
    'https://api.us.spotdraft.com/api/api/v2.1/public',
    'https://api.us.spotdraft.com/api/v2.1/public/',
    'http://api.us.spotdraft.com//api/v2.1/public',
    'HTTPS://API.US.SPOTDRAFT.COM/x?y#z',
    'http://127.0.0.1:4010/api/v2.1/public',
  ])('is accepted exactly as written: %s', (url) => {
    expect(load(withKeys(`baseUrl: "${url}"`)).environments[0]?.baseUrl).toBe(url);
    const { environments } = load(withKeys(`webhooks: { url: "${url}", activities: [CONTRACT_CREATED] }`));
    expect(environments[0]?.webhooks?.url).toBe(url);
  });
});

test('every region has its own default address', () => {
  for (const region of ['in', 'us', 'me', 'eu']) {
    const { environments } = load(withSections('').replace('region: us', `region: ${region}`));
    expect(environments[0]?.baseUrl).toBe(`https://api.${region}.spotdraft.com/api/v2.1/public`);
  }
});

test('the 37 activities of SpotDraft are known, each once, and may all be subscribed to', () => {
  expect(new Set(activities).size).toBe(37);
  const yaml = withKeys(`webhooks: { url: https://x.example, activities: [${activities.join(', ')}] }`);
  expect(load(yaml).environments[0]?.webhooks?.activities).toEqual(activities);
});

test('an event id may come from a header or a body field', () => {
  const eventId = (yaml: string) => load(webhooks(`, eventId: ${yaml}`)).environments[0]?.webhooks?.eventId;
  expect(eventId('{ header: X-Event-Id }')).toEqual({ header: 'X-Event-Id' });
  expect(eventId('{ field: /meta/a~1b/0 }')).toEqual({ field: '/meta/a~1b/0' });
});

test('publicUrl loses its trailing slash', () => {
  expect(load(withSections('publicUrl: https://x.example/base/')).publicUrl).toBe('https://x.example/base');
});

describe('a value that is not allowed', () => {
  const report = (more: string) =>
    withSections(`reports: [{ name: r, cron: "0 9 * * *", channel: C12345, ${more} }]`);
  const rule = (more: string) =>
    withSections(`externalMetadata: { rules: [{ integration: S, recordType: R, ${more} }] }`);
  const template = (more: string) => withSections(`requires: { templates: [{ name: T, ${more} }] }`);
  const receiver = (more: string) => withKeys(`receivers: [{ name: crm, ${more} }]`);
  const until = (date: string) =>
    withSections(`drift: { ignore: [{ path: roles, reason: y, until: ${date} }] }`);

  test.each<[path: string, value: string | null, allowed: string, yaml: string]>([
    [
      'publicUrl',
      '"https://x.example/?a=[secret]"',
      'without query',
      withSections('publicUrl: https://x.example/?a=b'),
    ],
    ['environments', '{}', 'at least one', 'environments: {}'],
    ['environments', '[]', 'a section with one key per environment', 'environments: []'],
    ['environments', null, 'a section with one key per environment', 'log: {}'],
    ['environments', null, 'a section with one key per environment', 'environments:'],
    ['environments.uat', '7', 'a section with the keys production, region', 'environments: { uat: 7 }'],
    ['environments.uat.production', '"yes"', 'true or false', withKeys('production: yes')],
    [
      'environments.uat.baseUrl',
      '"https://"',
      'a complete http:// or https:// URL',
      withKeys('baseUrl: https://'),
    ],
    ['environments.uat.baseUrl', '"https://a b"', 'a complete http', withKeys('baseUrl: https://a b')],
    [
      'environments.uat.baseUrl',
      '"https://x.example:99999"',
      'a complete http',
      withKeys('baseUrl: https://x.example:99999'),
    ],
    ['environments.uat.baseUrl', '7', 'a complete http', withKeys('baseUrl: 7')],
    ['environments.uat.userEmail', '"bob"', 'an email address', withKeys('userEmail: bob')],
    ['environments.uat.workspaceId', '"4000"', 'a whole number above 0', withKeys('workspaceId: "4000"')],
    ['environments.uat.workspaceId', '0', 'a whole number above 0', withKeys('workspaceId: 0')],
    ['environments.uat.workspaceId', '1.5', 'a whole number above 0', withKeys('workspaceId: 1.5')],
    [
      'environments.uat.webhooks.activities',
      '[]',
      'at least one entry',
      withKeys('webhooks: { url: https://x.example, activities: [] }'),
    ],
    [
      'environments.uat.webhooks.activities',
      null,
      'at least one entry',
      withKeys('webhooks: { url: https://x.example }'),
    ],
    [
      'environments.uat.webhooks.activities[0]',
      '"contract_created"',
      'CONTRACT_CREATED, ',
      withKeys('webhooks: { url: https://x.example, activities: [contract_created] }'),
    ],
    ['environments.uat.webhooks.eventId', '{}', 'either { header', webhooks(', eventId: {}')],
    [
      'environments.uat.webhooks.eventId',
      '{"field":"meta/id"}',
      'either { header',
      webhooks(', eventId: { field: meta/id }'),
    ],
    [
      'environments.uat.webhooks.eventId',
      '{"header":"X Id"}',
      'either { header',
      webhooks(', eventId: { header: X Id }'),
    ],
    ['environments.uat.receivers[0].probe', null, 'signed, none', receiver('url: https://x.example')],
    [
      'environments.uat.receivers[0].probe',
      '"sign"',
      'signed, none',
      receiver('url: https://x.example, probe: sign'),
    ],
    ['environments.uat.receivers[0].url', '"crm"', 'a complete http', receiver('url: crm, probe: none')],
    ['requires.roles[0]', '7', 'a name, or { name', withSections('requires: { roles: [7] }')],
    [
      'requires.roles[0]',
      '" "',
      'a name: text that is not empty',
      withSections('requires: { roles: [" "] }'),
    ],
    [
      'requires.roles[0].name',
      '""',
      'a name',
      withSections('requires: { roles: [{ name: "", environments: [uat] }] }'),
    ],
    [
      'requires.featureFlags[0].environments',
      '[]',
      'at least one entry',
      withSections('requires: { featureFlags: [{ name: A, environments: [] }] }'),
    ],
    [
      'requires.templates[0].environments[0]',
      '7',
      'the name of an environment',
      template('environments: [7]'),
    ],
    [
      'requires.templates[0].fields[0].type',
      '"text"',
      'string, boolean, int',
      template('fields: [{ variable: a, type: text }]'),
    ],
    [
      'requires.templates[0].fields[0].options',
      '[]',
      'at least one entry',
      template('fields: [{ variable: a, options: [] }]'),
    ],
    [
      'requires.templates[0].fields[0].options[0]',
      '{"label":"a"}',
      'text, a number, true or false',
      template('fields: [{ variable: a, options: [{ label: a }] }]'),
    ],
    [
      'requires.workflows[0].signatories[0].party',
      '"US"',
      'CREATOR_PARTY, COUNTER_PARTY',
      withSections('requires: { workflows: [{ title: W, signatories: [{ party: US, name: A }] }] }'),
    ],
    [
      'requires.workflows[0].signatories[0].order',
      '1.5',
      'from 0 to 1000',
      withSections(
        'requires: { workflows: [{ title: W, signatories: [{ party: CREATOR_PARTY, name: A, order: 1.5 }] }] }',
      ),
    ],
    [
      'requires.workflows[0].approvals[0]',
      '7',
      'a name, or { name: …, order',
      withSections('requires: { workflows: [{ title: W, approvals: [7] }] }'),
    ],
    [
      'requires.workflows[0].approvals[0].conditional',
      '"sometimes"',
      'true or false',
      withSections(
        'requires: { workflows: [{ title: W, approvals: [{ name: A, conditional: sometimes }] }] }',
      ),
    ],
    [
      'requires.workflows[0].approvals[0].roel',
      '"Legal"',
      'the keys name, order, role, conditional',
      withSections('requires: { workflows: [{ title: W, approvals: [{ name: A, roel: Legal }] }] }'),
    ],
    ['externalMetadata.sample', '0', 'from 1 to 500', withSections('externalMetadata: { sample: 0 }')],
    ['externalMetadata.sample', '501', 'from 1 to 500', withSections('externalMetadata: { sample: 501 }')],
    ['externalMetadata.rules[0].id', '"a{2,1}"', 'a JavaScript regular expression', rule('id: "a{2,1}"')],
    ['externalMetadata.rules[0].id', `"${'a'.repeat(58)}…`, 'at most 500', rule(`id: ${'a'.repeat(501)}`)],
    [
      'signOffs[0].id',
      '"Run Book"',
      'lower-case letters',
      withSections('signOffs: [{ id: Run Book, title: A }]'),
    ],
    ['drift.pairs[0]', '["uat"]', 'two different environments', withSections('drift: { pairs: [[uat]] }')],
    ['drift.pairs[0]', '"uat"', 'two different environments', withSections('drift: { pairs: [uat] }')],
    ['drift.ignore[0].until', '"2027-02-29"', 'YYYY-MM-DD', until('2027-02-29')],
    ['drift.ignore[0].until', '"31.03.2027"', 'YYYY-MM-DD', until('31.03.2027')],
    ['drift.ignore[0].until', '2027', 'YYYY-MM-DD', until('2027')],
    ['reports[0].cron', '"0 0 9 * * *"', 'five cron fields', report('').replace('0 9 * * *', '0 0 9 * * *')],
    ['reports[0].cron', '"daily"', 'five cron fields', report('').replace('0 9 * * *', 'daily')],
    ['reports[0].channel', '"c12345"', 'the id of a Slack channel', report('').replace('C12345', 'c12345')],
    ['reports[0].channel', '"C1234"', 'the id of a Slack channel', report('').replace('C12345', 'C1234')],
    ['reports[0].sections[0]', '"all"', 'readiness, drift, events, checklist', report('sections: [all]')],
    ['reports[0].environments', '[]', 'at least one entry', report('environments: []')],
    ['reports[0].when', '"never"', 'always, changed', report('when: never')],
    ['log.payloads', '"all"', 'none, redacted, full', withSections('log: { payloads: all }')],
    [
      'access.waive.users[0]',
      '"S1"',
      'the id of a Slack member',
      withSections('access: { waive: { users: [S1] } }'),
    ],
    [
      'access.waive.groups[0]',
      '"U1"',
      'the id of a Slack user group',
      withSections('access: { waive: { groups: [U1] } }'),
    ],
    ['limits.requestsPerSecond', '0', 'from 1 to 10', withSections('limits: { requestsPerSecond: 0 }')],
    ['limits.requestsPerSecond', '11', 'from 1 to 10', withSections('limits: { requestsPerSecond: 11 }')],
    ['limits.requestsPerSecond', '2.5', 'from 1 to 10', withSections('limits: { requestsPerSecond: 2.5 }')],
    [
      'trustedHosts[0]',
      '"https://x.example"',
      'without https://',
      withSections('trustedHosts: [https://x.example]'),
    ],
    ['trustedHosts[0]', '"x.example/a"', 'without a path', withSections('trustedHosts: [x.example/a]')],
    ['trustedHosts[0]', '"X.example"', 'lower case', withSections('trustedHosts: [X.example]')],
    [
      'trustedHosts[0]',
      '"x.example:70000"',
      'host or host:port',
      withSections('trustedHosts: ["x.example:70000"]'),
    ],
    ['http.trustProxy', 'true', 'a list', withSections('http: { trustProxy: true }')],
    // Fastify trusts no number of hops: a client that comes directly could send enough of them.
    ['http.trustProxy', '1', 'a list', withSections('http: { trustProxy: 1 }')],
    ...['proxy.example', '10.0.0.0/33', '0.0.0.0/0', '::1/129', '10.0.0', 'fe80::1%eth0', '10.0.0.1:80'].map(
      (given): [string, string, string, string] => [
        'http.trustProxy[1]',
        JSON.stringify(given),
        'an IP address, or a range',
        withSections(`http: { trustProxy: ["10.0.0.0/8", "${given}"] }`),
      ],
    ),
    ['reports', '{}', 'a list', withSections('reports: {}')],
    ['log', '[]', 'a section with the keys keep, payloads', withSections('log: []')],
    ['requires', null, 'a section with the keys contractTypes', withSections('requires:')],
  ])('is refused at %s with its value %s, the rule and the next step', (path, value, allowed, yaml) => {
    expect(problemsOf(yaml)).toEqual([
      {
        place: expect.stringMatching(/^envcheck\.yaml:\d+:\d+ /),
        path,
        wrong: expect.stringMatching(/^(is|has|names) /),
        value,
        allowed: expect.stringContaining(allowed),
        remedy: expect.stringMatching(/\S/),
      },
    ]);
  });
});

test.each([
  ['publicURL: https://x.example', 'publicURL', 'did you mean publicUrl?'],
  ['rports: []', 'rports', 'did you mean reports?'],
  ['log: { keeep: 1d }', 'log.keeep', 'did you mean keep?'],
  ['access: { singOff: {} }', 'access.singOff', 'did you mean signOff?'],
  ['webhooks: {}', 'webhooks', 'remove it, or use one of the known keys'],
])('an unknown key is refused with the key that was meant: %s', (yaml, path, remedy) => {
  expect(problemsOf(withSections(yaml))).toMatchObject([{ path, wrong: 'is an unknown key', remedy }]);
});

test.each(['proxy.internal', '127.0.0.1:4010', '[::1]:4010', 'localhost'])(
  'the host %s may be trusted',
  (host) => {
    expect(load(withSections(`trustedHosts: ["${host}"]`)).trustedHosts).toEqual([host]);
  },
);
