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
  test('is left out where it is not needed, even when its variables are wrong', () => {
    expect(loadWith({ SLACK_BOT_TOKEN: 'nonsense' }).slack).toBeNull();
  });

  test('is reached over a socket with an app token', () => {
    const { slack } = loadWith({ SLACK_BOT_TOKEN, SLACK_APP_TOKEN }, true);
    expect(slack?.apiUrl).toBe('https://slack.com/api/');
    expect(slack?.botToken.reveal()).toBe(SLACK_BOT_TOKEN);
    expect(slack?.mode.kind === 'socket' && slack.mode.appToken.reveal()).toBe(SLACK_APP_TOKEN);
  });

  test('reaches us over HTTP with a signing secret and no app token', () => {
    const { slack } = loadWith(
      { SLACK_BOT_TOKEN, SLACK_APP_TOKEN: '', SLACK_SIGNING_SECRET: '8f742231' },
      true,
    );
    expect(slack?.mode.kind === 'http' && slack.mode.signingSecret.reveal()).toBe('8f742231');
  });

  test('is reached over a socket when both are given', () => {
    const { slack } = loadWith({ SLACK_BOT_TOKEN, SLACK_APP_TOKEN, SLACK_SIGNING_SECRET: '8f742231' }, true);
    expect(slack?.mode.kind).toBe('socket');
  });

  test('is asked for when it is needed and nothing is set', () => {
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

  test('a wrong app token is a problem even when a signing secret could do instead', () => {
    const env = { SLACK_BOT_TOKEN, SLACK_APP_TOKEN: 'xapp-', SLACK_SIGNING_SECRET: '8f742231' };
    expect(problemsWith(env, true).map(({ place }) => place)).toEqual(['SLACK_APP_TOKEN']);
  });

  test('a token in the place of the signing secret is a problem', () => {
    const env = { SLACK_BOT_TOKEN, SLACK_SIGNING_SECRET: SLACK_APP_TOKEN };
    expect(problemsWith(env, true).map(({ place }) => place)).toEqual(['SLACK_SIGNING_SECRET']);
  });

  test('tokens in each other’s place are told so', () => {
    const env = { SLACK_BOT_TOKEN: SLACK_APP_TOKEN, SLACK_APP_TOKEN: SLACK_BOT_TOKEN };
    expect(problemsWith(env, true).map(({ place, remedy }) => [place, remedy])).toEqual([
      ['SLACK_BOT_TOKEN', 'SLACK_BOT_TOKEN and SLACK_APP_TOKEN look swapped'],
      ['SLACK_APP_TOKEN', 'SLACK_BOT_TOKEN and SLACK_APP_TOKEN look swapped'],
    ]);
  });

  test.each(['http://127.0.0.1:4020/api', 'http://127.0.0.1:4020/api/'])(
    'its address %s ends with one slash',
    (url) => {
      const { slack } = loadWith({ SLACK_BOT_TOKEN, SLACK_APP_TOKEN, SLACK_API_URL: url }, true);
      expect(slack?.apiUrl).toBe('http://127.0.0.1:4020/api/');
    },
  );

  test.each(['slack.com/api', 'ftp://slack.com/api/', 'https://slack.com/api/?a=b', 'https://'])(
    'its address cannot be %s',
    (SLACK_API_URL) => {
      const problems = problemsWith({ SLACK_BOT_TOKEN, SLACK_APP_TOKEN, SLACK_API_URL }, true);
      expect(problems.map(({ place }) => place)).toEqual(['SLACK_API_URL']);
    },
  );
});

describe('the process', () => {
  test('listens on every interface at 3000 and logs from info on, when nothing is said', () => {
    const { http, logLevel } = loadWith({});
    expect({ http, logLevel }).toEqual({ http: { host: '0.0.0.0', port: 3000 }, logLevel: 'info' });
  });

  test('takes an empty variable for an absent one', () => {
    const { http, logLevel } = loadWith({ PORT: '', HOST: '', LOG_LEVEL: '', DATABASE_URL: '' });
    expect({ http, logLevel }).toEqual({ http: { host: '0.0.0.0', port: 3000 }, logLevel: 'info' });
  });

  test('does as the variables say', () => {
    const { http, logLevel } = loadWith({ PORT: '0', HOST: '::1', LOG_LEVEL: 'debug' });
    expect({ http, logLevel }).toEqual({ http: { host: '::1', port: 0 }, logLevel: 'debug' });
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
  ])('refuses %s=%s instead of falling back to the default', (variable, value, allowed, remedy) => {
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

  test('lies beside the config file when nothing is said', () => {
    expect(databaseOf(oneEnvironment)).toBe('<cwd>/deep/data/envcheck.db');
  });

  test('lies where the file says, relative to the file', () => {
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
  ])(
    'lies where DATABASE_URL=%s says, relative to the working folder, whatever the file says',
    (url, path) => {
      expect(databaseOf(withSections('database: other.db'), url)).toBe(path);
    },
  );

  test.each(['postgres://me@db/x', 'postgresql://db/x', 'sqlite://host/x.db', 'file:x.db?mode=memory'])(
    'cannot be %s, and the message says that only SQLite is stored in',
    (url) => {
      for (const problems of [
        problemsWith({ DATABASE_URL: url }),
        problemsOf(withSections(`database: "${url}"`)),
      ]) {
        expect(problems).toMatchObject([
          {
            allowed: expect.stringContaining('this version stores in SQLite only'),
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

  test('is envcheck.yaml, unless ENVCHECK_CONFIG names another, unless --config does', () => {
    expect(nameIn({})).toBe('uat');
    expect(nameIn({ ENVCHECK_CONFIG: '' })).toBe('uat');
    expect(nameIn({ ENVCHECK_CONFIG: 'other/named.yaml' })).toBe('prod');
    expect(nameIn({ ENVCHECK_CONFIG: 'none.yaml', file: 'other/named.yaml' })).toBe('prod');
  });

  test('that is missing is told with the place looked at and how to make one, along with the other problems', () => {
    const cwd = folderWith({});
    const error = errorOf(() => loadConfig({ env: { PORT: 'x' }, cwd, needsSlack: false }));
    expect(error.problems).toEqual([
      {
        place: 'envcheck.yaml',
        path: '',
        wrong: `is not there (looked for ${resolve(cwd, 'envcheck.yaml')})`,
        value: null,
        allowed: expect.stringContaining('ENVCHECK_CONFIG'),
        remedy: expect.stringContaining('cp envcheck.example.yaml envcheck.yaml'),
      },
      expect.objectContaining({ place: 'PORT' }),
    ]);
  });

  test('that is missing where --config or ENVCHECK_CONFIG points says which of them pointed there', () => {
    const cwd = folderWith({});
    const load = (file: string | undefined, env: NodeJS.ProcessEnv) =>
      errorOf(() => loadConfig({ file, env, cwd, needsSlack: false })).problems[0]?.wrong;
    expect(load('a.yaml', {})).toContain('as --config says');
    expect(load(undefined, { ENVCHECK_CONFIG: 'a.yaml' })).toContain('as ENVCHECK_CONFIG says');
  });

  test('that is called .yml instead is named', () => {
    const cwd = folderWith({ 'envcheck.yml': oneEnvironment });
    const [problem] = errorOf(() => loadConfig({ env: {}, cwd, needsSlack: false })).problems;
    expect(problem?.remedy).toContain(`there is ${resolve(cwd, 'envcheck.yml')}`);
  });

  test('outside of the working folder is named by its whole path', () => {
    const file = `${folderWith({ 'x.yaml': 'environments: 7' })}/x.yaml`;
    const error = errorOf(() => loadConfig({ file, env: {}, cwd: folderWith({}), needsSlack: false }));
    expect(error.problems[0]?.place).toBe(`${file}:1:15 environments`);
    expect(error.message).toBe(`1 problem in ${file}`);
  });
});
