import { describe, expect, test } from 'vitest';
import { reservedWords } from '../../src/config/environment-name.ts';
import { load, problemsOf } from './written-config.ts';

const credentials = '{ clientId: { env: ID }, clientSecret: { env: SECRET } }';
const named = (...names: string[]) =>
  `environments:\n${names.map((name) => `  ${name}: { region: us, credentials: ${credentials} }\n`).join('')}`;
const pair = named('uat', 'prod');
const brief = (yaml: string) => problemsOf(yaml).map(({ path, wrong }) => `${path} ${wrong}`);

describe('the name of an environment', () => {
  test.each(['uat', 'prod-eu-2', 'x', `a${'b'.repeat(30)}`])('may be %s', (name) => {
    expect(load(named(name)).environments[0]?.name).toBe(name);
  });

  test.each(['UAT', '2nd', '-a', 'a_b', `a${'b'.repeat(31)}`, 'ümlaut'])('cannot be %s', (name) => {
    expect(problemsOf(named(name))).toMatchObject([
      {
        wrong: 'has a name that is not allowed',
        value: null,
        remedy: 'rename the environment, for example to uat or prod',
      },
    ]);
  });

  test('cannot be the name of a command or option', () => {
    for (const word of [
      'help',
      'diff',
      'find',
      'events',
      'lookup',
      'trace',
      'subscribe',
      'waivers',
      'self',
      'all',
    ]) {
      expect(reservedWords).toContain(word);
    }
    for (const word of reservedWords) {
      expect(brief(named(word))).toEqual([`environments.${word} has the name of a command or option`]);
    }
  });

  test('may be wrong without hiding problems inside the environment', () => {
    expect(brief(named('Prod').replace('region: us', 'region: mars'))).toEqual([
      'environments.Prod has a name that is not allowed',
      'environments.Prod.region is not allowed',
    ]);
  });
});

describe('a reference to an environment', () => {
  const report = (more: string) => `reports: [{ name: r, cron: "0 9 * * *", channel: C12345, ${more} }]`;
  test.each([
    ['drift.pairs[0][1]', 'drift: { pairs: [[uat, prd]] }'],
    ['reports[0].environments[1]', report('environments: [uat, prd]')],
    ['signOffs[0].environments[0]', 'signOffs: [{ id: a, title: A, environments: [prd] }]'],
    [
      'requires.contractTypes[0].environments[0]',
      'requires: { contractTypes: [{ name: a, environments: [prd] }] }',
    ],
    ['requires.templates[0].environments[0]', 'requires: { templates: [{ name: a, environments: [prd] }] }'],
    ['requires.workflows[0].environments[0]', 'requires: { workflows: [{ title: a, environments: [prd] }] }'],
    ['requires.roles[1].environments[0]', 'requires: { roles: [b, { name: a, environments: [prd] }] }'],
    [
      'requires.users[0].environments[0]',
      'requires: { users: [{ email: a@x.example, environments: [prd] }] }',
    ],
    [
      'requires.featureFlags[0].environments[0]',
      'requires: { featureFlags: [{ name: a, environments: [prd] }] }',
    ],
  ])('is refused at %s when the environment does not exist, with the name that was meant', (path, yaml) => {
    expect(problemsOf(`${pair}${yaml}\n`)).toMatchObject([
      {
        path,
        wrong: 'is not an environment of this file',
        value: '"prd"',
        allowed: 'uat, prod',
        remedy: 'did you mean prod?',
      },
    ]);
  });

  test('is checked even when other parts of the file are wrong', () => {
    expect(
      brief(`${pair}drift: { pairs: [[uat, prd]], ignore: 7 }\nreports: {}\nrequires: 7\nsignOffs: [3]\n`),
    ).toEqual([
      'drift.pairs[0][1] is not an environment of this file',
      'drift.ignore is not allowed',
      'reports is not allowed',
      'requires is not allowed',
      'signOffs[0] is not allowed',
    ]);
  });

  test('is not reported when the file has no environments', () => {
    expect(brief('drift: { pairs: [[uat, prod]] }')).toEqual(['environments is missing']);
  });

  test('must match the name in upper and lower case', () => {
    expect(problemsOf(`${pair}drift: { pairs: [[UAT, prod]] }\n`)).toMatchObject([
      { remedy: 'did you mean uat?' },
    ]);
  });
});

describe('the isolation of a receiver', () => {
  const isolated = (isolation: string) =>
    pair.replace(
      'prod: {',
      `prod: { receivers: [{ name: crm, url: https://a.example, probe: signed, isolation: ${isolation} }],`,
    );
  const place = 'environments.prod.receivers[0].isolation';

  test('names the other environments and the reason', () => {
    const [uat, prod] = load(isolated('{ with: [uat], reason: one gateway }')).environments;
    expect(prod?.receivers[0]?.isolation).toEqual({ with: ['uat'], reason: 'one gateway' });
    expect(uat?.receivers).toEqual([]);
  });

  test('is null when none is declared', () => {
    const plain = pair.replace(
      'uat: {',
      'uat: { receivers: [{ name: crm, url: https://a.example, probe: none }],',
    );
    expect(load(plain).environments[0]?.receivers[0]?.isolation).toBeNull();
  });

  test.each([
    ['{ with: [staging], reason: r }', `${place}.with[0] is not an environment of this file`],
    ['{ with: [uat, Uat], reason: r }', `${place}.with[1] is not an environment of this file`],
    ['{ with: [prod], reason: r }', `${place}.with[0] is the environment of this receiver itself`],
    ['{ with: [uat, uat], reason: r }', `${place}.with[1] is listed twice`],
    ['{ with: [], reason: r }', `${place}.with is not allowed`],
    ['{ with: uat, reason: r }', `${place}.with is not allowed`],
    ['{ with: [uat] }', `${place}.reason is missing`],
    ['{ with: [uat], reason: "  " }', `${place}.reason is not allowed`],
    ['{ reason: r }', `${place}.with is missing`],
    ['true', `${place} is not allowed`],
  ])('is refused when it is %s', (isolation, problem) => {
    expect(brief(isolated(isolation))).toEqual([problem]);
  });
});

describe('a former name', () => {
  const formerly = (of: Record<string, string>) =>
    Object.entries(of).reduce(
      (yaml, [name, list]) => yaml.replace(`  ${name}: { `, `  ${name}: { formerly: ${list}, `),
      named('uat', 'live'),
    );

  test('is kept with its environment', () => {
    expect(load(formerly({ live: '[prod, production]' })).environments[1]?.formerly).toEqual([
      'prod',
      'production',
    ]);
    expect(load(formerly({})).environments[1]?.formerly).toEqual([]);
  });

  test.each<[string, Record<string, string>, string[]]>([
    [
      'an environment still has it',
      { live: '[uat]' },
      ['environments.live.formerly[0] is still an environment of this file'],
    ],
    [
      'it is its own',
      { live: '[live]' },
      ['environments.live.formerly[0] is still an environment of this file'],
    ],
    [
      'two claim it',
      { uat: '[prod]', live: '[old, prod]' },
      [
        'environments.uat.formerly[0] is claimed by live too',
        'environments.live.formerly[1] is claimed by uat too',
      ],
    ],
    ['it is listed twice', { live: '[prod, prod]' }, ['environments.live.formerly[1] is listed twice']],
    ['it is not a list', { live: 'prod' }, ['environments.live.formerly is not allowed']],
    ['it is no name', { live: '[""]' }, ['environments.live.formerly[0] is not allowed']],
  ])('is refused when %s', (_why, of, problems) => {
    expect(brief(formerly(of))).toEqual(problems);
  });
});

test('a pair must have two different environments', () => {
  expect(load(`${pair}drift: { pairs: [[uat, prod], [prod, uat]] }`).drift.pairs).toHaveLength(2);
  expect(brief(`${pair}drift: { pairs: [[uat, uat]] }`)).toEqual([
    'drift.pairs[0] compares an environment with itself',
  ]);
});

describe('a name that is used twice', () => {
  const receivers =
    'receivers: [{ name: crm, url: https://a.example, probe: none }, { name: " CRM", url: https://b.example, probe: none }]';
  const report = (name: string) => `{ name: ${name}, cron: "0 9 * * *", channel: C12345 }`;
  test.each([
    ['requires.contractTypes[1].name', `${pair}requires: { contractTypes: [{ name: A }, { name: "A " }] }`],
    ['requires.templates[1].name', `${pair}requires: { templates: [{ name: A }, { name: "A " }] }`],
    ['requires.workflows[1].title', `${pair}requires: { workflows: [{ title: A }, { title: "A " }] }`],
    ['requires.roles[1]', `${pair}requires: { roles: [A, "A "] }`],
    ['requires.roles[1].name', `${pair}requires: { roles: [A, { name: A, environments: [uat] }] }`],
    [
      'requires.users[1].email',
      `${pair}requires: { users: [{ email: a@x.example }, { email: A@x.example }] }`,
    ],
    ['requires.featureFlags[1]', `${pair}requires: { featureFlags: [A, A] }`],
    [
      'signOffs[1].id',
      `${pair}signOffs: [{ id: a, title: A, environments: [prod] }, { id: a, title: B, environments: [uat] }]`,
    ],
    ['reports[1].name', `${pair}reports: [${report('a')}, ${report('A')}]`],
    ['environments.uat.receivers[1].name', pair.replace('uat: {', `uat: { ${receivers}, `)],
  ])('is refused at %s', (path, yaml) => {
    expect(brief(yaml)).toEqual([`${path} is used twice`]);
  });

  test('is accepted in another case, because a workspace may hold both', () => {
    const { requires } = load(
      `${pair}requires: { roles: [A, a], featureFlags: [B, b], templates: [{ name: C }, { name: c }] }`,
    );
    expect(requires.roles.map(({ name }) => name)).toEqual(['A', 'a']);
    expect(requires.featureFlags.map(({ name }) => name)).toEqual(['B', 'b']);
    expect(requires.templates.map(({ name }) => name)).toEqual(['C', 'c']);
  });

  test('is accepted for two requirements that apply to different environments', () => {
    const scoped = (...scopes: string[]) =>
      `${pair}requires: { templates: [${scopes.map((scope) => `{ name: A, environments: [${scope}] }`).join(', ')}] }`;
    expect(load(scoped('uat', 'prod')).requires.templates).toHaveLength(2);
    expect(brief(scoped('uat', 'uat, prod'))).toEqual(['requires.templates[1].name is used twice']);
  });

  test('is accepted for receivers of different environments', () => {
    const one = 'receivers: [{ name: crm, url: https://a.example, probe: none }]';
    const { environments } = load(pair.replaceAll(': { region', `: { ${one}, region`));
    expect(environments.map(({ receivers }) => receivers[0]?.name)).toEqual(['crm', 'crm']);
  });
});

test.each([
  [
    'environments.uat.webhooks.activities[1]',
    pair.replace(
      'uat: {',
      'uat: { webhooks: { url: https://x.example, activities: [CONTRACT_VOIDED, CONTRACT_VOIDED] }, ',
    ),
  ],
  [
    'reports[0].environments[1]',
    `${pair}reports: [{ name: r, cron: "0 9 * * *", channel: C12345, environments: [uat, uat] }]`,
  ],
  [
    'reports[0].sections[1]',
    `${pair}reports: [{ name: r, cron: "0 9 * * *", channel: C12345, sections: [drift, drift] }]`,
  ],
  ['signOffs[0].environments[1]', `${pair}signOffs: [{ id: a, title: A, environments: [uat, uat] }]`],
  [
    'requires.templates[0].environments[1]',
    `${pair}requires: { templates: [{ name: A, environments: [uat, uat] }] }`,
  ],
])('a value that is listed twice is refused at %s', (path, yaml) => {
  expect(brief(yaml)).toEqual([`${path} is listed twice`]);
});

test('a template may name a contract type that the file does not require', () => {
  const { requires } = load(`${pair}requires: { templates: [{ name: A, contractType: Not Listed }] }`);
  expect(requires.templates[0]?.contractType).toBe('Not Listed');
});

test.each([
  ['promotion: { from: uat, to: uat }', 'promotion.from', 'is its own model'],
  ['promotion: { from: prod }', 'promotion.from', 'is a production environment'],
  ['promotion: { from: prod, to: uat }', 'promotion.from', 'is a production environment'],
  ['promotion: { from: nowhere }', 'promotion.from', 'is not an environment of this file'],
  [
    'signOffs: [{ id: logging-requests, title: Logs }]',
    'signOffs[0].id',
    'is the id of a sign-off that requires.logging adds',
  ],
  [
    'signOffs: [{ id: a, title: A }, { id: logging-retries, title: B }]',
    'signOffs[1].id',
    'is the id of a sign-off',
  ],
  [
    'notApplicable: [{ item: logging, reason: x, environments: [prd] }]',
    'notApplicable[0].environments[0]',
    'is not an environment',
  ],
])('%s is refused at its place', (section, path, wrong) => {
  const production = pair.replace(/^ {2}prod:(.*)$/m, (line) =>
    line.replace('region: us', 'region: us, production: true'),
  );
  expect(production).not.toBe(pair);
  const problems = problemsOf(production + section);
  expect(problems.map((each) => [each.path, each.wrong])).toEqual([[path, expect.stringContaining(wrong)]]);
});

test('a model that is not production is accepted', () => {
  const { promotion } = load(`${pair}promotion: { from: uat, to: prod, within: 10d }`);
  expect(promotion).toEqual({ from: 'uat', to: 'prod', withinMs: 10 * 86_400_000 });
});

describe('a pattern of paths', () => {
  const covers = (...patterns: string[]) =>
    `${pair}signOffs: [{ id: a, title: A, covers: ${JSON.stringify(patterns)} }]`;
  const ignore = (...patterns: string[]) =>
    `${pair}drift: { pairs: [[uat, prod]], ignore: ${JSON.stringify(patterns.map((path) => ({ path, reason: 'r' })))} }`;

  test.each([
    'templates',
    'Templates/',
    'templates/*',
    'templates/NDA/fields/term/required',
    'templates/~2 new ~0 ~1/name',
    'templates/*/fields/*/options/*/label',
    'contracttypes/Pilot Agreement*/intakeFields/*/defaultValue',
    'workflows/*/signatories/*/party',
    'users/a@x.example/roles/Legal',
    'featureFlags/FLAG',
    '*/NDA',
    '*',
  ])('may be %s', (pattern) => {
    expect(load(covers(pattern)).signOffs[0]?.covers).toEqual([pattern]);
    expect(load(ignore(pattern)).drift.ignore).toMatchObject([{ path: pattern }]);
  });

  test.each(['*/term/required', 'templates*required', '**', 'contractTypes/*label', '*/NDA/*/type'])(
    'may be %s in drift.ignore, where a star crosses names',
    (pattern) => expect(load(ignore(pattern)).drift.ignore).toMatchObject([{ path: pattern }]),
  );

  test.each([
    '/templates',
    '/',
    '//',
    'template/*',
    'templates/NDA/field',
    'templates/NDA/fields/term/required/x',
    'roles/Legal/active',
    'temp/NDA',
    'prod/templates',
    'x*mplate',
    './templates',
    'templates.NDA',
    'templates\\NDA',
    ' ',
  ])('cannot be %s, which no difference matches', (pattern) => {
    const wrong = pattern === ' ' ? 'is not allowed' : 'is no place of a difference, so it matches none';
    for (const [path, yaml] of [
      ['signOffs[0].covers[1]', covers('templates', pattern)],
      ['drift.ignore[1].path', ignore('templates', pattern)],
    ] as const)
      expect(problemsOf(yaml)).toMatchObject([{ path, wrong: expect.stringContaining(wrong) }]);
  });

  test('cannot have a star across names in covers', () => {
    expect(brief(covers('templates/*type*/x'))).toHaveLength(1);
    expect(brief(covers('*/term/required/x/y/z'))).toHaveLength(1);
  });

  test('names the list that was meant', () => {
    expect(brief(covers('template/*'))).toEqual([
      'signOffs[0].covers[0] is no place of a difference, so it matches none; did you mean templates?',
    ]);
  });

  test.each(['a~9b', 'templates/a~9b', 'templates/a~', 'templates/~~2'])(
    'cannot have a ~ without a meaning: %s',
    (pattern) =>
      expect(brief(ignore(pattern))).toEqual([
        'drift.ignore[0].path has a ~ that stands for nothing, so it matches no difference',
      ]),
  );
});

describe('an id or address with a letter of another script', () => {
  test.each([
    ['signOffs[0].id', 2, 'signOffs: [{ id: r\u0430, title: t }]'],
    ['access.waive.users[0]', 2, 'access: { waive: { users: [U\u041e1] } }'],
    ['access.read.groups[0]', 4, 'access: { read: { groups: ["S01\u200b"] } }'],
    ['reports[0].channel', 1, 'reports: [{ name: r, cron: "0 9 * * *", channel: \u041112345 }]'],
    ['requires.users[0].email', 1, 'requires: { users: [{ email: \u0430na@x.example }] }'],
    ['requires.users[0].email', 4, 'requires: { users: [{ email: ana\u00ad@x.example }] }'],
  ])('is refused at %s with its position %d', (path, position, yaml) => {
    expect(problemsOf(`${pair}${yaml}`)).toMatchObject([
      {
        path,
        wrong: expect.stringMatching(`^has a character that is not ASCII at position ${position}: U\\+`),
      },
    ]);
  });

  test('is refused in the address of a business user too, and not in a role', () => {
    const user = (text: string) => pair.replace('uat: {', `uat: { routing: { businessUser: "${text}" },`);
    expect(brief(user('\u043eps@x.example'))).toEqual([
      expect.stringMatching(
        /^environments.uat.routing.businessUser has a character that is not ASCII at position 1/,
      ),
    ]);
    expect(load(user('Verträge')).environments[0]?.routing).toEqual({ businessUser: 'Verträge' });
  });
});
