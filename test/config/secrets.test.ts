import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { formatProblems } from '../../src/config/problem.ts';
import { Secret, withoutSecrets } from '../../src/config/secret.ts';
import {
  completeEnv,
  errorOf,
  load,
  oneEnvironment,
  positionOf,
  problemsOf,
  withKeys,
  withSections,
} from './written-config.ts';

const canary = 'canary-5b1d';

const waysOut: [string, (value: unknown) => string][] = [
  ['String()', (value) => String(value)],
  ['a template literal', (value) => `${value}`],
  ['JSON.stringify', (value) => JSON.stringify(value)],
  ['util.inspect', (value) => inspect(value, { depth: 20, showHidden: true, getters: true })],
  ['util.inspect without custom functions', (value) => inspect(value, { depth: 20, customInspect: false })],
];

describe('a loaded secret', () => {
  const env = { ...completeEnv, ID: `id-${canary}`, SECRET: `secret-${canary}`, TOKEN: `token-${canary}` };
  const withSlack = { ...env, SLACK_BOT_TOKEN: `xoxb-${canary}`, SLACK_APP_TOKEN: `xapp-${canary}` };
  const loaded = () =>
    load(withKeys('intake: { token: { env: TOKEN } }'), { env: withSlack, needsSlack: true });

  test.each(waysOut)('is masked by %s, alone or inside the config', (_name, show) => {
    const config = loaded();
    const [environment] = config.environments;
    const { slack } = config;
    const values = [
      config,
      environment,
      environment?.credentials.clientSecret,
      environment?.intake?.token,
      slack,
    ];
    for (const value of values) {
      expect(value).toEqual(expect.anything());
      expect(show(value)).not.toContain(canary);
    }
  });

  test('is returned only by reveal(), even though the config is frozen', () => {
    const [environment] = loaded().environments;
    expect(environment?.credentials.clientId.reveal()).toBe(`id-${canary}`);
    expect(environment?.intake?.token.reveal()).toBe(`token-${canary}`);
    expect(environment?.credentials.clientId.equals(new Secret(`id-${canary}`))).toBe(true);
    expect(environment?.credentials.clientId.equals(new Secret('another'))).toBe(false);
  });
});

describe('a secret in a wrong place', () => {
  const credentials = (yaml: string) => oneEnvironment.replace(/credentials: .*/, `credentials: ${yaml}`);
  test.each([
    ['written out as client id', credentials(`{ clientId: ${canary}, clientSecret: { env: SECRET } }`)],
    ['written out as a number', credentials('{ clientId: 5111, clientSecret: { env: SECRET } }'), '5111'],
    ['in place of all credentials', credentials(canary)],
    ['in a list of credentials', credentials(`[{ clientSecret: ${canary} }]`)],
    [
      'in place of a variable name',
      credentials(`{ clientId: { env: ${canary.replace('-', '_')} }, clientSecret: { env: SECRET } }`),
      'canary_',
    ],
    [
      'in place of a variable name, with characters that no name has',
      credentials(`{ clientId: { env: "${canary}" }, clientSecret: { env: SECRET } }`),
    ],
    [
      'in place of a file path',
      credentials(`{ clientId: { file: ${canary} }, clientSecret: { env: SECRET } }`),
    ],
    [
      'in both env and file',
      credentials(`{ clientId: { env: ${canary}, file: ${canary} }, clientSecret: { env: SECRET } }`),
    ],
    ['as the intake token', withKeys(`intake: { token: ${canary} }`)],
    ['in place of the intake section', withKeys(`intake: ${canary}`)],
    ['under an unknown key at the top', withSections(`client_secret: ${canary}`)],
    ['under an unknown key in a section', withSections(`log: { apiToken: { deep: [${canary}] } }`)],
    ['in an unknown section', withSections(`slack: { botToken: ${canary}, password: ${canary} }`)],
    ['in place of another type', withSections(`reports: { password: ${canary} }`)],
    ['as the user of a URL', withKeys(`baseUrl: ftp://me:${canary}@api.us.spotdraft.com`)],
    ['with a slash in the user part of a URL', withSections(`database: postgres://me:x/${canary}@db/x`)],
    ['in the query of a URL', withSections(`publicUrl: https://envcheck.example.com/?sig=${canary}`)],
    [
      'as a Slack token for a channel',
      withSections(`reports: [{ name: a, cron: "0 9 * * *", channel: xoxb-${canary} }]`),
    ],
    ['in a line that is not YAML', `environments:\n  clientSecret: "${canary}\n`],
    ['in a repeated key', withSections(`clientSecret: ${canary}\nclientSecret: ${canary}`)],
    ['as the whole file', canary],
  ])('is reported without its value: %s', (_where, yaml, value = canary) => {
    const error = errorOf(() => load(yaml));
    expect(error.problems.length).toBeGreaterThan(0);
    const outputs = [
      formatProblems(error),
      error.message,
      error.stack ?? '',
      ...waysOut.map(([, show]) => show(error)),
      ...waysOut.map(([, show]) => show(error.problems)),
    ];
    for (const output of outputs) expect(output).not.toContain(value);
  });

  test.each([
    ['SLACK_BOT_TOKEN', canary],
    ['SLACK_APP_TOKEN', `xoxb-${canary}`],
    ['SLACK_SIGNING_SECRET', `${canary} with blanks`],
    ['DATABASE_URL', `postgres://me:${canary}@db/x`],
    ['DATABASE_URL', `postgresql:host=db password=${canary}`],
    ['SLACK_API_URL', `https://me:${canary}@slack.example/?x`],
  ])('is reported without its value in %s', (variable, value) => {
    const env = { ...completeEnv, [variable]: value };
    const error = errorOf(() => load(oneEnvironment, { env, needsSlack: true }));
    expect(error.problems.map(({ place }) => place)).toEqual([variable]);
    expect(formatProblems(error) + inspect(error) + JSON.stringify(error)).not.toContain(canary);
  });
});

describe('a reference to a secret', () => {
  const reference = (yaml: string) => oneEnvironment.replace('{ env: SECRET }', yaml);

  test('reads a file relative to the config file and drops its trailing newline', () => {
    for (const content of ['from-a-file', 'from-a-file\n', 'from-a-file\r\n']) {
      const config = load(reference('{ file: ./keys/secret }'), { files: { 'keys/secret': content } });
      expect(config.environments[0]?.credentials.clientSecret.reveal()).toBe('from-a-file');
    }
  });

  test.each([
    ['{ env: UNSET }', 'names an environment variable that is not set', 'set UNSET'],
    ['{ env: EMPTY }', 'names an environment variable that is empty', 'give EMPTY a value'],
    [
      '{ env: BROKEN }',
      'names an environment variable with blanks or line breaks in its value',
      'correct BROKEN',
    ],
    [
      '{ file: ./none }',
      'names a file that cannot be read (ENOENT)',
      'check path and permissions; a relative path starts from /',
    ],
    ['{ file: . }', 'names a file that cannot be read (EISDIR)', 'check path and permissions'],
    ['{ file: ./empty }', 'names a file that is empty', 'write the secret into the file'],
    [
      '{ file: ./two }',
      'names a file with more than one line, or with blanks',
      'leave only the secret in the file',
    ],
    ['{ env: UNSET, file: ./two }', 'names both an env and a file', 'name an environment variable or a file'],
    ['{ variable: SECRET }', 'does not say where the secret is', 'name an environment variable or a file'],
    ['{ env: "" }', 'does not say where the secret is', 'name an environment variable or a file'],
    ['{}', 'does not say where the secret is', 'name an environment variable or a file'],
    [
      'SECRET',
      'is not a reference; secrets never go into the file',
      'name an environment variable or a file',
    ],
  ])('is refused as %s, and the message says why', (yaml, wrong, remedy) => {
    const env = { ...completeEnv, EMPTY: '', BROKEN: 'two\nlines' };
    const files = { empty: '\n', two: 'one\ntwo\n' };
    expect(problemsOf(reference(yaml), { env, files })).toEqual([
      {
        place: `envcheck.yaml:${positionOf(yaml, reference(yaml))} environments.uat.credentials.clientSecret`,
        path: 'environments.uat.credentials.clientSecret',
        wrong,
        value: null,
        allowed: '{ env: NAME } or { file: PATH }',
        remedy: expect.stringContaining(remedy),
      },
    ]);
  });

  test('is looked up even when other parts of the file are wrong', () => {
    const paths = problemsOf(withSections('reports: 7'), { env: {} }).map(({ path }) => path);
    expect(paths).toEqual([
      'environments.uat.credentials.clientId',
      'environments.uat.credentials.clientSecret',
      'reports',
    ]);
  });
});

test('two secrets are masked completely when one begins with the other', () => {
  const [short, long] = [new Secret('northwind'), new Secret('northwind-canary')];
  for (const secrets of [
    [short, long],
    [long, short],
  ])
    expect(withoutSecrets('sent northwind with northwind-canary', secrets)).toBe(
      'sent [secret] with [secret]',
    );
});
