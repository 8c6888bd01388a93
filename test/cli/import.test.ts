import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { gzipSync } from 'node:zlib';
import BetterSqlite3 from 'better-sqlite3';
import { expect, it } from 'vitest';
import { call, numbered, outcome } from '../events/intake/start-intake.ts';
import { rowsOf } from '../events/log/start-receiver.ts';
import { type CliWorld, openCliWorld } from './program.ts';

const database = ({ folder }: CliWorld) => join(folder, 'envcheck.db');
const stored = (world: CliWorld, table: 'api_calls' | 'outcomes') =>
  rowsOf<{ n: number }>(database(world), `select count(*) as n from ${table} where own_id is not null`)[0]?.n;
const write = ({ folder }: CliWorld, lines: string[]): string => {
  writeFileSync(join(folder, 'lines.ndjson'), `${lines.join('\n')}\n`);
  return 'lines.ndjson';
};

it('a file with 1,000 good and 7 bad lines stores 1,000, lists the 7, and stores nothing the second time', async () => {
  const world = await openCliWorld({ delivered: false });
  const lines = numbered(1_000, (index) => call(`call-${index}`));
  const places = [1, 10, 99, 400, 777, 1_000, 1_007];
  for (const number of places) lines.splice(number - 1, 0, call(`bad-${number}`, { status: 42 }));
  const file = write(world, lines);
  const first = await world.run(['import', 'prod', file]);
  expect(first).toMatchObject({ code: 1, err: '' });
  const [counts, ...rest] = first.out.split('\n');
  expect(counts).toBe('prod (production): 1,000 accepted, 0 duplicates, 7 refused');
  const reason = 'status is 42; it must be a status from 100 to 599, or null when no answer came';
  expect(rest.filter((line) => /^ +line/.test(line)).map((line) => line.trim().replace(/ +/g, ' '))).toEqual(
    places.map((number) => `line ${number} ${reason}`),
  );
  expect(first.out).toContain('Next: correct these lines and import the file again');
  expect(stored(world, 'api_calls')).toBe(1_000);

  const second = await world.run(['import', 'prod', file, '--json']);
  expect(second).toMatchObject({ code: 1, err: '' });
  expect(JSON.parse(second.out)).toEqual({
    environment: 'prod',
    accepted: 0,
    duplicates: 1_000,
    refusedCount: 7,
    refused: places.map((line) => ({ line, reason })),
    complete: true,
  });
  expect(stored(world, 'api_calls')).toBe(1_000);
});

it('calls and outcomes may share a file, unless --kind names one of them', async () => {
  const world = await openCliWorld({ delivered: false });
  const file = write(world, [call('a'), outcome('a'), '', call('b'), outcome('b', { status: 'failed' })]);
  const strict = await world.run(['import', 'uat', file, '--kind', 'outcomes', '--json']);
  expect(strict.code).toBe(1);
  expect(JSON.parse(strict.out)).toMatchObject({
    accepted: 2,
    refused: [1, 4].map((line) => ({ line, reason: 'is a call; only outcomes are accepted here' })),
  });
  const mixed = await world.run(['import', 'uat', file]);
  expect(mixed).toMatchObject({
    code: 0,
    out: expect.stringContaining('uat: 2 accepted, 2 duplicates, 0 refused'),
  });
  expect([stored(world, 'api_calls'), stored(world, 'outcomes')]).toEqual([2, 2]);
});

it('lines can come from standard input, and only the first 20 refused lines are shown', async () => {
  const world = await openCliWorld({ delivered: false });
  const input = world.start(['import', 'prod', '-']);
  for (const line of numbered(150, (index) => call(`call-${index}`))) input.write(`${line}\n{"id":1}`);
  input.end();
  const { code, out } = await input.ended;
  expect(code).toBe(1);
  expect(out).toContain('prod (production): 150 accepted, 0 duplicates, 150 refused');
  expect(out.match(/^ +line/gm)).toHaveLength(20);
  expect(out).toContain('and 130 more (--json lists them)');
});

it('an empty file is accepted, and a line that is too long does not affect the others', async () => {
  const world = await openCliWorld({ delivered: false });
  const empty = await world.run(['import', 'prod', write(world, [''])]);
  expect(empty.code).toBe(0);
  expect(empty.out).toMatch(/0 accepted, 0 duplicates, 0 refused\n\nNext: the file has no lines/);
  const long = await world.run([
    'import',
    'prod',
    write(world, ['x'.repeat(10_000_000), call('a')]),
    '--json',
  ]);
  expect(long).toMatchObject({ code: 1, err: '' });
  expect(JSON.parse(long.out)).toMatchObject({
    accepted: 1,
    refused: [{ line: 1, reason: 'is longer than 64 KiB' }],
  });
});

it('a missing file, a folder, an unknown kind and an unknown environment are wrong usage', async () => {
  const world = await openCliWorld({ delivered: false });
  const file = write(world, [call('a')]);
  mkdirSync(join(world.folder, 'folder'));
  const wrong: [args: string[], message: string][] = [
    [['prod', 'missing.ndjson'], 'missing.ndjson cannot be read'],
    [['prod', 'folder'], 'folder is a folder'],
    [['prod', file, '--kind', 'call'], 'did you mean calls?'],
    [['prdo', file], 'did you mean prod?'],
    [['prod'], 'missing required argument'],
  ];
  for (const [args, message] of wrong)
    expect(await world.run(['import', ...args])).toMatchObject({
      code: 64,
      out: '',
      err: expect.stringContaining(message),
    });
});

it('a database that gets locked ends the import with what is stored so far, and the next run completes it', async () => {
  const world = await openCliWorld({ delivered: false });
  const lines = numbered(600, (index) => call(`call-${index}`));
  await world.run(['migrate']);
  const input = world.start(['import', 'prod', '-', '--json']);
  for (const line of lines.slice(0, 250)) input.write(line);
  await expect.poll(() => stored(world, 'api_calls'), { timeout: 10_000 }).toBe(250);
  const other = new BetterSqlite3(database(world));
  other.exec('begin immediate');
  for (const line of lines.slice(250)) input.write(line);
  input.end();
  const locked = await input.ended;
  expect(locked).toMatchObject({ code: 2, err: expect.stringContaining('SQLITE_BUSY') });
  expect(JSON.parse(locked.out)).toMatchObject({ accepted: 250, complete: false });
  other.exec('rollback');
  other.close();
  const again = await world.run(['import', 'prod', write(world, lines)]);
  expect(again).toMatchObject({ code: 0, out: expect.stringContaining('350 accepted, 250 duplicates') });
  expect(stored(world, 'api_calls')).toBe(600);
});

it('a compressed file is imported, and one that ends too early says what is stored', async () => {
  const world = await openCliWorld({ delivered: false });
  const lines = numbered(700, (index) => call(`call-${index}`, { path: `/contracts/${index ** 5}/` }));
  const packed = gzipSync(lines.join('\n'));
  const importFile = (name: string, bytes: Uint8Array) => {
    writeFileSync(join(world.folder, name), bytes);
    return world.run(['import', 'prod', name]);
  };
  const cut = await importFile('cut.ndjson.gz', packed.subarray(0, packed.length - 1_000));
  expect(cut.code).toBe(2);
  expect(cut.err).toMatch(
    /cut\.ndjson\.gz is damaged or incomplete: gzip reports Z_BUF_ERROR.* Until there, \d+ lines are stored, up to line \d+\. Import the same file again/,
  );
  const before = stored(world, 'api_calls') ?? 0;
  expect(before).toBeGreaterThan(0);
  expect(cut.err).toContain(`${before} lines are stored`);
  const whole = await importFile('whole.ndjson.gz', packed);
  expect(whole).toMatchObject({ code: 0, err: '' });
  expect(whole.out).toContain(`${700 - before} accepted, ${before} duplicates, 0 refused`);
  const wide = await importFile('wide.ndjson', Buffer.from(`\ufeff${lines.join('\r\n')}`, 'utf16le'));
  expect(wide).toMatchObject({ code: 0, out: expect.stringContaining('700 duplicates, 0 refused') });
  expect(await importFile('lines.zip', Buffer.from('PK\u0003\u0004rest'))).toMatchObject({
    code: 64,
    out: '',
    err: expect.stringContaining(
      'lines.zip is a ZIP archive or an Excel workbook, which cannot be imported. Unpack it',
    ),
  });
});

it('an import that is stopped says how many lines are stored and how to go on, and the next run completes it', async () => {
  const world = await openCliWorld({ delivered: false });
  await world.run(['migrate']);
  const lines = numbered(600, (index) => call(`call-${index}`));
  const { promise: signal, resolve } = Promise.withResolvers<NodeJS.Signals>();
  const stdin = new PassThrough();
  const running = world.run(['import', 'prod', '-', '--json'], {}, { stdin, signal });
  stdin.write(`${lines.slice(0, 400).join('\n')}\n`);
  await expect.poll(() => stored(world, 'api_calls'), { timeout: 10_000 }).toBe(250);
  resolve('SIGINT');
  const { code, out, err } = await running;
  expect(code).toBe(2);
  expect(JSON.parse(out)).toMatchObject({ accepted: 250, complete: false });
  expect(err).toBe(
    'envcheck: stopped by SIGINT: 250 lines are stored, up to line 250. Import the same file again to go on; stored lines are not stored twice\n',
  );
  expect(stored(world, 'api_calls')).toBe(250);
  const again = await world.run(['import', 'prod', write(world, lines)]);
  expect(again.out).toContain('350 accepted, 250 duplicates');
});
