import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import {
  completeEnv,
  errorOf,
  folderWith,
  load,
  oneEnvironment,
  problemsOf,
  withSections,
} from './written-config.ts';

const { ID, SECRET, SLACK_BOT_TOKEN, SLACK_APP_TOKEN } = completeEnv;
const secrets = { ID, SECRET };
const loadWith = (env: NodeJS.ProcessEnv, needsSlack = false) =>
  load(oneEnvironment, { env: { ...secrets, ...env }, needsSlack });
const problemsWith = (env: NodeJS.ProcessEnv, needsSlack = false) =>
  problemsOf(oneEnvironment, { env: { ...secrets, ...env }, needsSlack });

describe('Slack', () => {
  test('is null when it is not needed, even if its variables are wrong', () => {
    expect(loadWith({ SLACK_BOT_TOKEN: 'nonsense' }).slack).toBeNull();
  });

  test('uses Socket Mode with an app token', () => {
    const { slack } = loadWith({ SLACK_BOT_TOKEN, SLACK_APP_TOKEN }, true);
    expect(slack?.apiUrl).toBe('https://slack.com/api/');
    expect(slack?.botToken.reveal()).toBe(SLACK_BOT_TOKEN);
    expect(slack?.mode.kind === 'socket' && slack.mode.appToken.reveal()).toBe(SLACK_APP_TOKEN);
  });

  test('uses HTTP mode with a signing secret and no app token', () => {
    const { slack } = loadWith(
      { SLACK_BOT_TOKEN, SLACK_APP_TOKEN: '', SLACK_SIGNING_SECRET: '8f742231' },
      true,
    );
    expect(slack?.mode.kind === 'http' && slack.mode.signingSecret.reveal()).toBe('8f742231');
  });

  test('uses Socket Mode when both are given', () => {
    const { slack } = loadWith({ SLACK_BOT_TOKEN, SLACK_APP_TOKEN, SLACK_SIGNING_SECRET: '8f742231' }, true);
    expect(slack?.mode.kind).toBe('socket');
  });

  test('is reported as missing when it is needed and no variable is set', () => {
    expect(problemsWith({}, true)).toMatchObject([
      {
        place: 'SLACK_BOT_TOKEN',
        wrong: 'is missing',
        value: null,
        allowed: expect.stringContaining('xoxb-'),
      },
      {
        place: 'SLACK_APP_TOKEN',
        wrong: 'is missing',
        allowed: expect.stringContaining('or SLACK_SIGNING_SECRET'),
      },
    ]);
  });

  test('refuses a wrong app token even when a signing secret is given', () => {
    const env = { SLACK_BOT_TOKEN, SLACK_APP_TOKEN: 'xapp-', SLACK_SIGNING_SECRET: '8f742231' };
    expect(problemsWith(env, true).map(({ place }) => place)).toEqual(['SLACK_APP_TOKEN']);
  });

  test('refuses a token in place of the signing secret', () => {
    const env = { SLACK_BOT_TOKEN, SLACK_SIGNING_SECRET: SLACK_APP_TOKEN };
    expect(problemsWith(env, true).map(({ place }) => place)).toEqual(['SLACK_SIGNING_SECRET']);
  });

  test('says so when the two tokens are swapped', () => {
    const env = { SLACK_BOT_TOKEN: SLACK_APP_TOKEN, SLACK_APP_TOKEN: SLACK_BOT_TOKEN };
    expect(problemsWith(env, true).map(({ place, remedy }) => [place, remedy])).toEqual([
      ['SLACK_BOT_TOKEN', 'SLACK_BOT_TOKEN and SLACK_APP_TOKEN look swapped'],
      ['SLACK_APP_TOKEN', 'SLACK_BOT_TOKEN and SLACK_APP_TOKEN look swapped'],
    ]);
  });

  test.each(['http://127.0.0.1:4020/api', 'http://127.0.0.1:4020/api/'])(
    'gets the address %s with one trailing slash',
    (url) => {
      const { slack } = loadWith({ SLACK_BOT_TOKEN, SLACK_APP_TOKEN, SLACK_API_URL: url }, true);
      expect(slack?.apiUrl).toBe('http://127.0.0.1:4020/api/');
    },
  );

  test.each(['slack.com/api', 'ftp://slack.com/api/', 'https://slack.com/api/?a=b', 'https://'])(
    'refuses the address %s',
    (SLACK_API_URL) => {
      const problems = problemsWith({ SLACK_BOT_TOKEN, SLACK_APP_TOKEN, SLACK_API_URL }, true);
      expect(problems.map(({ place }) => place)).toEqual(['SLACK_API_URL']);
    },
  );
});

describe('the process', () => {
  test('listens on port 3000 of every interface and logs from info on by default', () => {
    const { http, logLevel } = loadWith({});
    expect({ http, logLevel }).toEqual({
      http: { host: '0.0.0.0', port: 3000, trustProxy: [] },
      logLevel: 'info',
    });
  });

  test('treats an empty variable as absent', () => {
    const { http, logLevel } = loadWith({ PORT: '', HOST: '', LOG_LEVEL: '', DATABASE_URL: '' });
    expect({ http, logLevel }).toEqual({
      http: { host: '0.0.0.0', port: 3000, trustProxy: [] },
      logLevel: 'info',
    });
  });

  test('uses HOST, PORT and LOG_LEVEL from the environment', () => {
    const { http, logLevel } = loadWith({ PORT: '0', HOST: '::1', LOG_LEVEL: 'debug' });
    expect({ http, logLevel }).toEqual({ http: { host: '::1', port: 0, trustProxy: [] }, logLevel: 'debug' });
  });

  test.each([
    ['PORT', '65536', 'a whole number from 0 to 65535', '3000'],
    ['PORT', '80a', 'a whole number from 0 to 65535', '3000'],
    ['PORT', '-1', 'a whole number from 0 to 65535', '3000'],
    ['PORT', ' ', 'a whole number from 0 to 65535', '3000'],
    ['HOST', 'http://localhost', 'without scheme and port', '127.0.0.1'],
    ['HOST', 'localhost:3000', 'without scheme and port', '127.0.0.1'],
    ['LOG_LEVEL', 'wran', 'trace, debug, info, warn', 'did you mean warn?'],
    ['LOG_LEVEL', 'loud', 'trace, debug, info, warn', 'use one of these'],
    ['DATABASE_URL', 'mysql://db/x', 'the path of an SQLite file', 'write a path'],
    ['DATABASE_URL', ':memory:', 'the path of an SQLite file', 'write a path'],
    ['DATABASE_URL', './data/', 'the path of an SQLite file', 'write a path'],
  ])('refuses %s=%s and does not fall back to the default', (variable, value, allowed, remedy) => {
    expect(problemsWith({ [variable]: value })).toEqual([
      {
        place: variable,
        path: variable,
        wrong: 'is not allowed',
        value: JSON.stringify(value),
        allowed: expect.stringContaining(allowed),
        remedy: expect.stringContaining(remedy),
      },
    ]);
  });
});

describe('the database', () => {
  const databaseOf = (yaml: string, DATABASE_URL?: string) => {
    const cwd = folderWith({ 'deep/envcheck.yaml': yaml });
    const env = { ...secrets, ...(DATABASE_URL === undefined ? {} : { DATABASE_URL }) };
    const { database } = loadConfig({ file: 'deep/envcheck.yaml', env, cwd, needsSlack: false });
    return database.replace(`${cwd}/`, '<cwd>/');
  };

  test('is beside the config file by default', () => {
    expect(databaseOf(oneEnvironment)).toBe('<cwd>/deep/data/envcheck.db');
  });

  test('is at the path in the file, relative to the file', () => {
    expect(databaseOf(withSections('database: ../x.db'))).toBe('<cwd>/x.db');
    expect(databaseOf(withSections('database: /var/lib/x.db'))).toBe('/var/lib/x.db');
  });

  test.each([
    ['x.db', '<cwd>/x.db'],
    ['sqlite:x.db', '<cwd>/x.db'],
    ['sqlite:///var/x.db', '/var/x.db'],
    ['file:./x.db', '<cwd>/x.db'],
    ['file:///var/x.db', '/var/x.db'],
    ['/var/x.db', '/var/x.db'],
  ])('is at DATABASE_URL=%s, relative to the working folder, even when the file has a path', (url, path) => {
    expect(databaseOf(withSections('database: other.db'), url)).toBe(path);
  });

  test.each(['postgres://me@db/x', 'postgresql://db/x', 'sqlite://host/x.db', 'file:x.db?mode=memory'])(
    'cannot be %s, and the message says that only SQLite is supported',
    (url) => {
      for (const problems of [
        problemsWith({ DATABASE_URL: url }),
        problemsOf(withSections(`database: "${url}"`)),
      ]) {
        expect(problems).toMatchObject([
          {
            allowed: expect.stringContaining('this version supports only SQLite'),
            remedy: expect.stringContaining('sqlite:PATH'),
          },
        ]);
      }
    },
  );
});

describe('the file', () => {
  const one = { 'envcheck.yaml': oneEnvironment };
  const other = { 'other/named.yaml': oneEnvironment.replace('uat', 'prod') };
  const nameIn = (options: { file?: string; ENVCHECK_CONFIG?: string }) => {
    const { file, ENVCHECK_CONFIG } = options;
    const env = { ...secrets, ...(ENVCHECK_CONFIG === undefined ? {} : { ENVCHECK_CONFIG }) };
    const cwd = folderWith({ ...one, ...other });
    const config = loadConfig({ file, env, cwd, needsSlack: false });
    expect(config.file.startsWith(`${cwd}/`)).toBe(true);
    return config.environments[0]?.name;
  };

  test('is the one from --config, else from ENVCHECK_CONFIG, else envcheck.yaml', () => {
    expect(nameIn({})).toBe('uat');
    expect(nameIn({ ENVCHECK_CONFIG: '' })).toBe('uat');
    expect(nameIn({ ENVCHECK_CONFIG: 'other/named.yaml' })).toBe('prod');
    expect(nameIn({ ENVCHECK_CONFIG: 'none.yaml', file: 'other/named.yaml' })).toBe('prod');
  });

  test('is reported as missing with its path and how to create it, together with other problems', () => {
    const cwd = folderWith({});
    const error = errorOf(() => loadConfig({ env: { PORT: 'x' }, cwd, needsSlack: false }));
    expect(error.problems).toEqual([
      {
        place: 'envcheck.yaml',
        path: '',
        wrong: `does not exist (looked for ${resolve(cwd, 'envcheck.yaml')})`,
        value: null,
        allowed: expect.stringContaining('ENVCHECK_CONFIG'),
        remedy: expect.stringContaining('cp envcheck.example.yaml envcheck.yaml'),
      },
      expect.objectContaining({ place: 'PORT' }),
    ]);
  });

  test('is reported as missing with the option or variable that named it', () => {
    const cwd = folderWith({});
    const load = (file: string | undefined, env: NodeJS.ProcessEnv) =>
      errorOf(() => loadConfig({ file, env, cwd, needsSlack: false })).problems[0]?.wrong;
    expect(load('a.yaml', {})).toContain('as --config says');
    expect(load(undefined, { ENVCHECK_CONFIG: 'a.yaml' })).toContain('as ENVCHECK_CONFIG says');
  });

  test('is found when its name ends with .yml, and the message says what to do', () => {
    const cwd = folderWith({ 'envcheck.yml': oneEnvironment });
    const [problem] = errorOf(() => loadConfig({ env: {}, cwd, needsSlack: false })).problems;
    expect(problem?.remedy).toContain(`there is ${resolve(cwd, 'envcheck.yml')}`);
  });

  test('is shown with its absolute path when it is outside the working folder', () => {
    const file = `${folderWith({ 'x.yaml': 'environments: 7' })}/x.yaml`;
    const error = errorOf(() => loadConfig({ file, env: {}, cwd: folderWith({}), needsSlack: false }));
    expect(error.problems[0]?.place).toBe(`${file}:1:15 environments`);
    expect(error.message).toBe(`1 problem in ${file}`);
  });
});
