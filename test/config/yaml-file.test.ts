import { execFileSync } from 'node:child_process';
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

const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]', ...[...'bcdefgh'].map(step)].join('\n');
function step(name: string): string {
  const before = String.fromCharCode(name.charCodeAt(0) - 1);
  return `${name}: &${name} [${Array(9).fill(`*${before}`).join(', ')}]`;
}

describe('a file that cannot be read is one clear problem:', () => {
  test.each<[string, string | Uint8Array, place: string, wrong: string, remedy: string]>([
    ['an empty file', '', 'envcheck.yaml:1:1', 'is empty', 'cp envcheck.example.yaml'],
    ['a file of comments', '# nothing\n', 'envcheck.yaml:1:1', 'is empty', 'cp envcheck.example.yaml'],
    ['null', 'null', 'envcheck.yaml:1:1', 'is empty', 'cp envcheck.example.yaml'],
    ['a list', '- uat\n- prod\n', 'envcheck.yaml:1:1', 'is not a mapping', 'cp envcheck.example.yaml'],
    ['text', 'environments', 'envcheck.yaml:1:1', 'is not a mapping', 'cp envcheck.example.yaml'],
    ['a tab', 'environments:\n\tuat: 1\n', 'envcheck.yaml:2:1', 'is indented with a tab', 'replace the tab'],
    [
      'a quote left open',
      'a: 1\nb: "text\n',
      'envcheck.yaml:3:1',
      'lacks a closing quote',
      'add the closing one',
    ],
    [
      'a bracket left open',
      'a: [1\nb: 2\n',
      'envcheck.yaml:2:1',
      'an earlier bracket is still open',
      'close the bracket',
    ],
    ['a stray bracket', 'a: 1\nb: }\n', 'envcheck.yaml:2:4', 'is not valid YAML', 'in this line'],
    [
      'two documents',
      'a: 1\n---\nb: 1\n',
      'envcheck.yaml:2:1',
      'begins a second document',
      'remove the line ---',
    ],
    [
      'an alias to nothing',
      'a: 1\nb: *none\n',
      'envcheck.yaml:2:4',
      'is an alias without its anchor',
      'write the value out',
    ],
    [
      'aliases that multiply',
      bomb,
      'envcheck.yaml',
      'has aliases that multiply',
      'instead of using an alias',
    ],
    [
      'absurd nesting',
      `a: ${'['.repeat(100_000)}`,
      'envcheck.yaml:1:',
      'is nested too deeply',
      'the right file',
    ],
    ['a file over 1 MiB', '#'.repeat(1024 * 1024 + 1), 'envcheck.yaml', 'is over 1 MiB', 'the right file'],
    [
      'bytes that are not text',
      new Uint8Array([0x61, 0x3a, 0x20, 0xff]),
      'envcheck.yaml',
      'is not text in UTF-8',
      'save it as UTF-8',
    ],
  ])('%s', (_what, content, place, wrong, remedy) => {
    expect(problemsOf(content)).toEqual([
      {
        place: place.endsWith(':1:') ? expect.stringMatching(/^envcheck\.yaml:1:\d+$/) : place,
        path: '',
        wrong: expect.stringContaining(wrong),
        value: null,
        allowed: expect.stringMatching(/\S/),
        remedy: expect.stringContaining(remedy),
      },
    ]);
  });

  test('a folder', () => {
    const cwd = folderWith({ 'envcheck.yaml/inner': '' });
    const { problems } = errorOf(() => loadConfig({ env: {}, cwd, needsSlack: false }));
    expect(problems).toMatchObject([{ place: 'envcheck.yaml', wrong: 'is a folder' }]);
  });
});

test('a file of exactly 1 MiB is read', () => {
  const padding = '#'.repeat(1024 * 1024 - oneEnvironment.length);
  expect(load(oneEnvironment + padding).environments).toHaveLength(1);
});

test('a file through a pipe is read', () => {
  const cwd = folderWith({ written: oneEnvironment });
  execFileSync('sh', ['-c', 'mkfifo pipe.yaml && (cat written > pipe.yaml &)'], { cwd, stdio: 'ignore' });
  const config = loadConfig({ file: 'pipe.yaml', env: completeEnv, cwd, needsSlack: false });
  expect(config.environments[0]?.name).toBe('uat');
});

test('a pipe with more than 1 MiB is refused, although its size is unknown before it is read', () => {
  const cwd = folderWith({ written: '#'.repeat(1024 * 1024 + 1) });
  execFileSync('sh', ['-c', 'mkfifo pipe.yaml && (cat written > pipe.yaml &)'], { cwd, stdio: 'ignore' });
  const error = errorOf(() => loadConfig({ file: 'pipe.yaml', env: {}, cwd, needsSlack: false }));
  expect(error.problems).toMatchObject([{ place: 'pipe.yaml', wrong: 'is over 1 MiB' }]);
});

test('problems in environment variables are reported even when the file cannot be read', () => {
  const places = problemsOf('', { env: { PORT: 'x' } }).map(({ place }) => place);
  expect(places).toEqual(['envcheck.yaml:1:1', 'PORT']);
});

test('every repeated key is reported, and the rest of the file is still checked', () => {
  const yaml = withSections('log: { keep: 1d, keep: 2d, payloads: full, payloads: all }');
  expect(problemsOf(yaml).map(({ place, wrong }) => `${place} ${wrong}`)).toEqual([
    'envcheck.yaml:6:18 repeats a key of the same section',
    'envcheck.yaml:6:44 repeats a key of the same section',
    'envcheck.yaml:6:54 log.payloads is not allowed',
  ]);
});

test('an unknown tag is reported, and the rest of the file is still checked', () => {
  const yaml = withSections('log: { keep: !days 90d }\ndatabase: 7');
  expect(problemsOf(yaml).map(({ place }) => place)).toEqual([
    'envcheck.yaml:6:14',
    'envcheck.yaml:7:11 database',
  ]);
});

test('an alias is accepted, and a problem in its value is reported at its anchor', () => {
  const shared = (region: string) => `
environments:
  uat: &shared
    region: ${region}
    credentials: { clientId: { env: ID }, clientSecret: { env: SECRET } }
  prod: *shared
`;
  expect(load(shared('us')).environments.map(({ name }) => name)).toEqual(['uat', 'prod']);
  expect(problemsOf(shared('uk')).map(({ place }) => place)).toEqual([
    'envcheck.yaml:4:13 environments.uat.region',
    'envcheck.yaml:4:13 environments.prod.region',
  ]);
});

test('an alias to itself is reported and does not hang the program', () => {
  expect(problemsOf(withSections('log: &log { keep: *log }')).map(({ path }) => path)).toEqual(['log.keep']);
});

test('control characters in keys and values are printed as escapes', () => {
  const [problem] = problemsOf(withSections('"\\e[31mred\\u202e": "\\e[2J\\u202e"'));
  expect(problem?.path).toBe('["\\u001b[31mred\\u202e"]');
  expect(problem?.value).toBe('"\\u001b[2J\\u202e"');
});

test('a long value and a long key are cut at 60 characters', () => {
  const [problem] = problemsOf(withSections(`log: { payloads: ${'x'.repeat(500)} }`));
  expect(problem?.value).toBe(`"${'x'.repeat(58)}…`);
  const [unknown] = problemsOf(withSections(`"${'k '.repeat(400)}": 1`));
  expect(unknown?.path.length).toBeLessThan(70);
});

test.each(['__proto__', 'constructor', 'hasOwnProperty', 'toString'])(
  'the key %s is refused as an unknown key and pollutes nothing',
  (key) => {
    expect(problemsOf(withSections(`${key}: { polluted: true }`))).toMatchObject([
      { path: key, wrong: 'is an unknown key', value: '{"polluted":true}' },
    ]);
    expect(problemsOf(`environments: { ${key}: 7 }`)).not.toEqual([]);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  },
);
