import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { readableByOthers } from '../../src/store/owner-only.ts';
import { StoreError } from '../../src/store/store-error.ts';
import { temporaryFolder } from '../environment.ts';

function open(file: string): Database {
  const db = openDatabase(file);
  onTestFinished(() => db.destroy());
  return db;
}

function failureOf(file: string): StoreError {
  try {
    open(file);
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
  throw new Error('the database opened');
}

test('a new database is created with its folder and has every pragma the log relies on', async () => {
  const file = join(temporaryFolder(), 'deep', 'er', 'envcheck.db');
  const db = open(file);
  await db.schema
    .createTable('parent')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .execute();
  await db.schema
    .createTable('child')
    .addColumn('parent', 'integer', (column) => column.references('parent.id'))
    .execute();

  // These settings are stored in the file, so a second program sees them.
  const second = new BetterSqlite3(file);
  onTestFinished(() => void second.close());
  expect(second.pragma('journal_mode', { simple: true })).toBe('wal');
  expect(second.pragma('auto_vacuum', { simple: true })).toBe(2);
  expect(statSync(`${file}-wal`).size).toBeGreaterThan(0);

  // These settings belong to the connection.
  const pragma = async (name: string) =>
    (await sql.raw(`pragma ${name}`).execute(db)).rows.flatMap((row) => Object.values(row as object));
  expect(await pragma('synchronous')).toEqual([2]);
  expect(await pragma('busy_timeout')).toEqual([5_000]);
  const insert = db.insertInto('child' as never).values({ parent: 5 } as never);
  await expect(insert.execute()).rejects.toThrow('FOREIGN KEY constraint failed');
});

test('a reader does not wait for a writer and sees committed rows only', async () => {
  const file = join(temporaryFolder(), 'envcheck.db');
  const [db, other] = [open(file), new BetterSqlite3(file)];
  onTestFinished(() => void other.close());
  other.exec('create table t (id integer)');
  other.exec('begin immediate; insert into t values (1)');
  expect(
    await db
      .selectFrom('t' as never)
      .selectAll()
      .execute(),
  ).toEqual([]);
  other.exec('commit');
  expect(
    await db
      .selectFrom('t' as never)
      .selectAll()
      .execute(),
  ).toEqual([{ id: 1 }]);
});

test('a file that is not a database is refused with a next step and left unchanged', () => {
  const file = join(temporaryFolder(), 'notes.db');
  writeFileSync(file, 'These are notes and no database at all. '.repeat(40));
  const before = readFileSync(file);
  expect(failureOf(file).message).toBe(
    `cannot open the database ${file}: it is not an SQLite database; name another file under \`database\``,
  );
  expect(readFileSync(file).equals(before)).toBe(true);
});

test('a folder in place of the file is refused in one line', () => {
  const folder = temporaryFolder();
  expect(failureOf(folder).message).toBe(
    `cannot open the database ${folder}: the file cannot be created or opened; check that the folder exists and can be written`,
  );
});

test('a path through a file is refused in one line', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'file'), '');
  const { message } = failureOf(join(folder, 'file', 'envcheck.db'));
  expect(message).toMatch(/^cannot open the database .*: \S.*$/);
  expect(message).toContain('a part of its path is a file');
  expect(message.split('\n')).toHaveLength(1);
});

/** Runs as another user: root may write everywhere. */
function asSomebodyElse<T>(work: () => T): T {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(65_534);
  try {
    return work();
  } finally {
    process.seteuid?.(0);
  }
}

test('a path without write permission is refused in one line', () => {
  const outer = temporaryFolder();
  const folder = join(outer, 'closed');
  mkdirSync(folder);
  chmodSync(outer, 0o755);
  chmodSync(folder, 0o555);
  onTestFinished(() => chmodSync(folder, 0o700));
  const messageOf = (file: string) => asSomebodyElse(() => failureOf(file)).message;
  expect(messageOf(join(folder, 'envcheck.db'))).toMatch(
    /: the file cannot be created or opened; check that the folder exists and can be written$/,
  );
  expect(messageOf(join(folder, 'deep', 'envcheck.db'))).toMatch(
    /: its folder cannot be written by the user that runs Envcheck$/,
  );
});

test('a damaged database is refused with SQLite’s error as the cause', () => {
  const file = join(temporaryFolder(), 'envcheck.db');
  const made = new BetterSqlite3(file);
  made.exec('create table t (id integer); insert into t values (1)');
  made.close();
  const bytes = readFileSync(file);
  bytes.fill(0xff, 100, 4096);
  writeFileSync(file, bytes);
  const error = failureOf(file);
  expect(error.message).toMatch(/: it is damaged; restore a backup$/);
  expect(error.cause).toMatchObject({ code: 'SQLITE_CORRUPT' });
});

const modes = (file: string): string[] =>
  ['', '-wal', '-shm'].map((ending) => (statSync(file + ending).mode & 0o777).toString(8));

test.each([0o000, 0o022, 0o077, 0o277])(
  'the files of a new database are for their owner alone under umask %o',
  (umask) => {
    const file = join(temporaryFolder(), 'envcheck.db');
    const before = process.umask(umask);
    try {
      open(file);
    } finally {
      process.umask(before);
    }
    expect(modes(file)).toEqual(['600', '600', '600']);
  },
);

test('permissions of others are taken from the files of an existing database, also behind a link', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'envcheck.db');
  open(file);
  for (const ending of ['', '-wal', '-shm']) chmodSync(file + ending, 0o664);
  const link = join(folder, 'link.db');
  symlinkSync(file, link);
  expect(readableByOthers(link)).toHaveLength(3);
  open(link);
  expect(modes(file)).toEqual(['600', '600', '600']);
  expect(readableByOthers(file)).toEqual([]);
});

test('a file of another user opens, and its permissions are known', (ctx) => {
  if (process.geteuid?.() !== 0) ctx.skip('only root can give a file to another user');
  const folder = temporaryFolder();
  chmodSync(folder, 0o777);
  const file = join(folder, 'envcheck.db');
  const made = open(file);
  for (const ending of ['', '-wal', '-shm']) chmodSync(file + ending, 0o666);
  asSomebodyElse(() => open(file));
  expect(readableByOthers(file)).toHaveLength(3);
  return made.destroy();
});

test('reading opens no missing and no empty database, and creates nothing', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'none', 'envcheck.db');
  const empty = join(folder, 'empty.db');
  writeFileSync(empty, '');
  for (const path of [file, empty])
    expect(() => openDatabase(path, 'existing')).toThrow(
      `there is no database ${path}, so nothing is known. Start Envcheck to create it, or correct \`database\` in the config if it is elsewhere`,
    );
  expect(readdirSync(folder)).toEqual(['empty.db']);
  expect(statSync(empty).size).toBe(0);
});
