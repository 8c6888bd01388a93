import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { formatProblems } from '../../src/config/problem.ts';
import { completeEnv, errorOf, folderWith, positionOf } from './written-config.ts';

const file = `database: postgres://envcheck:pw-canary@db.internal/envcheck
publicUrl: envcheck.example.com
enviroments: {}
environments:
  uat:
    region: usa
    baseUrl: api.us.spotdraft.com
    credentials:
      clientId: written-out-canary
      clientSecret: { env: NOT_SET }
    webhooks:
      url: https://envcheck.example.com/webhooks/uat
      activities: [CONTRACT_CREATED, CONTRACT_EXECUTD]
      maxSilence: 72 hours
      eventId: { header: X-Id, field: /id }
  Prod:
    region: us
    credentials: { clientId: { env: ID }, clientSecret: { env: SECRET } }
requires:
  roles: [Legal Team, { name: ' Legal Team' }]
  users: [{ roles: [NA Sales] }]
  templates: [{ name: 2024, environments: [uta] }]
externalMetadata: { sample: 900, rules: [{ integration: Salesforce, recordType: Account, id: "(" }] }
signOffs: [{ id: runbook, title: x, environments: [uatt] }]
drift:
  pairs: [[uat, uat]]
  ignore: [{ path: roles, reason: y, until: 2027-02-30 }]
reports:
  - { name: a, cron: "61 * * * *", timezone: Mars/Olympus, channel: "#general" }
limits: { requestsPerSecond: 50 }
`;

/** Each problem: its path, the text at its place, what is wrong, its value, and a part of the rule and of the next step. */
const expected: [
  path: string,
  at: string,
  wrong: string,
  value: string | null,
  allowed: string,
  remedy: string,
][] = [
  [
    'database',
    'postgres://',
    'is not allowed',
    '"postgres://[secret]@db.internal/envcheck"',
    'the path of an SQLite file',
    'does not support postgres://',
  ],
  [
    'publicUrl',
    'envcheck.example.com\n',
    'is not allowed',
    '"envcheck.example.com"',
    'http:// or https://',
    'https://envcheck.example.com',
  ],
  [
    'enviroments',
    'enviroments',
    'is an unknown key',
    '{}',
    'database, publicUrl, environments, requires',
    'did you mean environments?',
  ],
  ['environments.uat.region', 'usa', 'is not allowed', '"usa"', 'in, us, me, eu', 'did you mean us?'],
  [
    'environments.uat.baseUrl',
    'api.us',
    'is not allowed',
    '"api.us.spotdraft.com"',
    'http:// or https://',
    'beginning with https://',
  ],
  [
    'environments.uat.credentials.clientId',
    'written-out',
    'is not a reference; secrets never go into the file',
    null,
    '{ env: NAME } or { file: PATH }',
    'name an environment variable',
  ],
  [
    'environments.uat.credentials.clientSecret',
    '{ env: NOT_SET',
    'names an environment variable that is not set',
    null,
    '{ env: NAME }',
    'set NOT_SET',
  ],
  [
    'environments.uat.webhooks.activities[1]',
    'CONTRACT_EXECUTD',
    'is not allowed',
    '"CONTRACT_EXECUTD"',
    'CONTRACT_EXECUTED',
    'did you mean CONTRACT_EXECUTED?',
  ],
  [
    'environments.uat.webhooks.maxSilence',
    '72 hours',
    'is not allowed',
    '"72 hours"',
    'a unit: m (minutes), h (hours) or d (days)',
    'like 30m, 72h or 90d',
  ],
  [
    'environments.uat.webhooks.eventId',
    '{ header',
    'is not allowed',
    '{"header":"X-Id","field":"/id"}',
    'either { header: X-Event-Id } or',
    'keep one of the two',
  ],
  [
    'environments.Prod',
    'Prod',
    'has a name that is not allowed',
    null,
    'a lower-case letter',
    'rename the environment',
  ],
  [
    'requires.roles[1].name',
    "' Legal Team'",
    'is used twice',
    '" Legal Team"',
    'each name once',
    'rename it, or merge',
  ],
  [
    'requires.users[0].email',
    '{ roles',
    'is missing',
    null,
    'an email address',
    'add email: under requires.users[0]',
  ],
  ['requires.templates[0].name', '2024', 'is not allowed', '2024', 'a name', 'put it in quotes: "2024"'],
  [
    'requires.templates[0].environments[0]',
    'uta]',
    'is not an environment of this file',
    '"uta"',
    'uat, Prod',
    'did you mean uat?',
  ],
  ['externalMetadata.sample', '900', 'is not allowed', '900', 'from 1 to 500', 'how many recent contracts'],
  [
    'externalMetadata.rules[0].id',
    '"("',
    'is not allowed',
    '"("',
    'a JavaScript regular expression',
    'check brackets',
  ],
  [
    'signOffs[0].environments[0]',
    'uatt',
    'is not an environment of this file',
    '"uatt"',
    'uat, Prod',
    'did you mean uat?',
  ],
  [
    'drift.pairs[0]',
    '[uat, uat]',
    'compares an environment with itself',
    '["uat","uat"]',
    'two different environments',
    '[left, right]',
  ],
  ['drift.ignore[0].until', '2027-02-30', 'is not allowed', '"2027-02-30"', 'YYYY-MM-DD', '2027-03-31'],
  ['reports[0].cron', '"61', 'is not allowed', '"61 * * * *"', 'five cron fields', '"0 9 * * 1-5"'],
  ['reports[0].timezone', 'Mars', 'is not allowed', '"Mars/Olympus"', 'Europe/Berlin', 'Region/City'],
  [
    'reports[0].channel',
    '"#general',
    'is not allowed',
    '"#general"',
    'the id of a Slack channel',
    'copy the id',
  ],
  ['limits.requestsPerSecond', '50', 'is not allowed', '50', 'from 1 to 10', 'smaller number'],
];

const load = () => {
  const env = { ...completeEnv, PORT: 'eighty', SLACK_APP_TOKEN: 'xoxb-canary-bot' };
  return errorOf(() => loadConfig({ env, cwd: folderWith({ 'envcheck.yaml': file }), needsSlack: true }));
};

test.each(expected.map((row, index) => [row[0], index, row] as const))(
  'the problem at %s is reported with its value, the rule and the next step',
  (_path, index, [path, needle, wrong, value, allowed, remedy]) => {
    expect(load().problems[index]).toEqual({
      place: `envcheck.yaml:${positionOf(needle, file)} ${path}`,
      path,
      wrong,
      value,
      allowed: expect.stringContaining(allowed),
      remedy: expect.stringContaining(remedy),
    });
  },
);

test('problems in environment variables are reported together with those in the file, and nothing else is', () => {
  const { problems } = load();
  expect(
    problems.slice(expected.length).map(({ place, value, remedy }) => ({ place, value, remedy })),
  ).toEqual([
    {
      place: 'SLACK_APP_TOKEN',
      value: null,
      remedy: 'SLACK_BOT_TOKEN and SLACK_APP_TOKEN look swapped',
    },
    { place: 'PORT', value: '"eighty"', remedy: 'remove the variable to use 3000' },
  ]);
});

test('the terminal shows the count, then three aligned lines per problem', () => {
  const [first, ...blocks] = formatProblems(load()).split('\n\n');
  expect(first).toBe('26 problems in envcheck.yaml and the environment variables');
  expect(blocks).toHaveLength(26);
  expect(blocks[3]).toBe(
    [
      '  envcheck.yaml:6:13 environments.uat.region is not allowed: "usa"',
      '      allowed: in, us, me, eu',
      '      to do:   did you mean us?',
    ].join('\n'),
  );
  for (const block of blocks) expect(block).toMatch(/^ {2}\S.*\n {6}allowed: \S.*\n {6}to do: {3}\S.*$/);
});
