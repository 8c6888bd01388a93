import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { expect, it, onTestFinished } from 'vitest';
import { call, numbered, outcome } from '../events/intake/start-intake.ts';
import { rowsOf } from '../events/log/start-receiver.ts';
import { type CliWorld, openCliWorld, repo } from './program.ts';

const database = ({ folder }: CliWorld) => join(folder, 'envcheck.db');
const stored = (place: CliWorld, table: 'api_calls' | 'outcomes') =>
  rowsOf<{ n: number }>(database(place), `select count(*) as n from ${table} where own_id is not null`)[0]?.n;
const write = ({ folder }: CliWorld, lines: string[]): string => {
  writeFileSync(join(folder, 'lines.ndjson'), `${lines.join('\n')}\n`);
  return 'lines.ndjson';
};

it('a file with 1,000 good and 7 bad lines stores 1,000, names the 7, and the second time nothing', async () => {
  const place = await openCliWorld();
  const lines = numbered(1_000, (index) => call(`call-${index}`));
  const places = [1, 10, 99, 400, 777, 1_000, 1_007];
  for (const number of places) lines.splice(number - 1, 0, call(`bad-${number}`, { status: 42 }));
  const file = write(place, lines);
  const first = await place.run(['import', 'prod', file]);
  expect(first).toMatchObject({ code: 1, err: '' });
  const [counts, ...rest] = first.out.split('\n');
  expect(counts).toBe('prod (production): 1,000 accepted, 0 duplicates, 7 refused');
  const reason = 'status is 42; it has to be a status from 100 to 599, or null where no answer came';
  expect(rest.filter((line) => /^ +line/.test(line)).map((line) => line.trim().replace(/ +/g, ' '))).toEqual(
    places.map((number) => `line ${number} ${reason}`),
  );
  expect(first.out).toContain('Next: correct these lines and import the file again');
  expect(stored(place, 'api_calls')).toBe(1_000);

  const second = await place.run(['import', 'prod', file, '--json']);
  expect(second).toMatchObject({ code: 1, err: '' });
  expect(JSON.parse(second.out)).toEqual({
    environment: 'prod',
    accepted: 0,
    duplicates: 1_000,
    refusedCount: 7,
    refused: places.map((line) => ({ line, reason })),
    complete: true,
  });
  expect(stored(place, 'api_calls')).toBe(1_000);
});

it('calls and outcomes may share a file, unless --kind says what all of it is', async () => {
  const place = await openCliWorld();
  const file = write(place, [call('a'), outcome('a'), '', call('b'), outcome('b', { status: 'failed' })]);
  const strict = await place.run(['import', 'uat', file, '--kind', 'outcomes', '--json']);
  expect(strict.code).toBe(1);
  expect(JSON.parse(strict.out)).toMatchObject({
    accepted: 2,
    refused: [1, 4].map((line) => ({ line, reason: 'is one of calls, and outcomes are taken here' })),
  });
  const mixed = await place.run(['import', 'uat', file]);
  expect(mixed).toMatchObject({
    code: 0,
    out: expect.stringContaining('uat: 2 accepted, 2 duplicates, 0 refused'),
  });
  expect([stored(place, 'api_calls'), stored(place, 'outcomes')]).toEqual([2, 2]);
});

/** Imports what is written to its standard input. */
function importInput({ folder, env }: CliWorld, args: string[]) {
  const child = spawn(process.execPath, [join(repo, 'src/cli.ts'), 'import', 'prod', '-', ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, ...env },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const ended = once(child, 'close').then(([code]) => ({ code, out, err }));
  return {
    write: (line: string) => void child.stdin.write(`${line}\n`),
    end: () => child.stdin.end(),
    ended,
  };
}

it('standard input is a file too, and of many refused lines a person is shown the first 20', async () => {
  const input = importInput(await openCliWorld(), []);
  for (const line of numbered(150, (index) => call(`call-${index}`))) input.write(`${line}\n{"id":1}`);
  input.end();
  const { code, out } = await input.ended;
  expect(code).toBe(1);
  expect(out).toContain('prod (production): 150 accepted, 0 duplicates, 150 refused');
  expect(out.match(/^ +line/gm)).toHaveLength(20);
  expect(out).toContain('and 130 more (--json lists them)');
});

it('an empty file is no mistake, and a line that is too long costs none of the others', async () => {
  const place = await openCliWorld();
  const empty = await place.run(['import', 'prod', write(place, [''])]);
  expect(empty.code).toBe(0);
  expect(empty.out).toMatch(/0 accepted, 0 duplicates, 0 refused\n\nNext: there was nothing in it/);
  const long = await place.run([
    'import',
    'prod',
    write(place, ['x'.repeat(10_000_000), call('a')]),
    '--json',
  ]);
  expect(long).toMatchObject({ code: 1, err: '' });
  expect(JSON.parse(long.out)).toMatchObject({
    accepted: 1,
    refused: [{ line: 1, reason: 'is longer than 64 KiB' }],
  });
});

it('what cannot be meant is wrong usage: no such file, a folder, an unknown kind or environment', async () => {
  const place = await openCliWorld();
  const file = write(place, [call('a')]);
  mkdirSync(join(place.folder, 'folder'));
  const wrong: [args: string[], words: string][] = [
    [['prod', 'missing.ndjson'], 'missing.ndjson cannot be read'],
    [['prod', 'folder'], 'folder is a folder'],
    [['prod', file, '--kind', 'call'], 'did you mean calls?'],
    [['prdo', file], 'did you mean prod?'],
    [['prod'], 'missing required argument'],
  ];
  for (const [args, words] of wrong)
    expect(await place.run(['import', ...args])).toMatchObject({
      code: 64,
      out: '',
      err: expect.stringContaining(words),
    });
});

it('a database that is locked half-way ends it with what was stored by then, and the next run completes it', async () => {
  const place = await openCliWorld();
  const lines = numbered(600, (index) => call(`call-${index}`));
  await place.run(['migrate']);
  const input = importInput(place, ['--json']);
  for (const line of lines.slice(0, 250)) input.write(line);
  await expect.poll(() => stored(place, 'api_calls'), { timeout: 10_000 }).toBe(250);
  const other = new BetterSqlite3(database(place));
  other.exec('begin immediate');
  for (const line of lines.slice(250)) input.write(line);
  input.end();
  const locked = await input.ended;
  expect(locked).toMatchObject({ code: 2, err: expect.stringContaining('SQLITE_BUSY') });
  expect(JSON.parse(locked.out)).toMatchObject({ accepted: 250, complete: false });
  other.exec('rollback');
  other.close();
  const again = await place.run(['import', 'prod', write(place, lines)]);
  expect(again).toMatchObject({ code: 0, out: expect.stringContaining('350 accepted, 250 duplicates') });
  expect(stored(place, 'api_calls')).toBe(600);
});
