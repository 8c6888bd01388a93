import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import BetterSqlite3 from 'better-sqlite3';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { type Migration, migrations } from '../../migrations/index.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { migrate, pendingMigrations } from '../../src/store/migrate.ts';
import { StoreError } from '../../src/store/store-error.ts';
import { temporaryFolder } from '../environment.ts';
import { long } from '../long.ts';

const clock = { now: () => 1_234 };
const names = migrations.map(({ name }) => name);

const newFile = () => join(temporaryFolder(), 'envcheck.db');

function open(file: string): Database {
  const db = openDatabase(file);
  onTestFinished(() => db.destroy());
  return db;
}

const tablesOf = async (db: Database): Promise<string[]> =>
  (
    await sql<{ name: string }>`select name from sqlite_master where type = 'table' order by name`.execute(db)
  ).rows.map(({ name }) => name);

const applied = (db: Database) => db.selectFrom('migrations').selectAll().orderBy('name').execute();

const run = promisify(execFile);
/** Migrates in a process of its own. Returns the names of the migrations it ran. */
const migrateInProcess = async (file: string, how = '', onReady = () => {}): Promise<string[]> => {
  const script = fileURLToPath(new URL('./migrate-in-process.ts', import.meta.url));
  const running = run(process.execPath, [script, file, how]);
  running.child.stderr?.once('data', onReady);
  return JSON.parse((await running).stdout) as string[];
};

const making = (name: string, table: string): Migration => ({
  name,
  up: (db) => db.schema.createTable(table).addColumn('id', 'integer').execute(),
});

test('a new database gets every migration once, each with its time', async () => {
  const db = open(newFile());
  expect(await migrate(db, clock)).toEqual(names);
  expect(await applied(db)).toEqual(names.map((name) => ({ name, applied_at: 1_234 })));
  const tables = ['api_calls', 'migrations', 'reports', 'snapshot_readings', 'snapshots'];
  expect(await tablesOf(db)).toEqual(expect.arrayContaining(tables));
  expect(await pendingMigrations(db)).toEqual([]);
});

test('a second run changes nothing', async () => {
  const db = open(newFile());
  await migrate(db, clock);
  expect(await migrate(db, { now: () => 9_999 })).toEqual([]);
  expect((await applied(db)).map(({ applied_at }) => applied_at)).toEqual(names.map(() => 1_234));
});

test('only new migrations run, in the order of the list', async () => {
  const db = open(newFile());
  await migrate(db, clock);
  const more = [...migrations, making('0998-b', 'b'), making('0999-a', 'a')];
  expect(await migrate(db, clock, more)).toEqual(['0998-b', '0999-a']);
});

test('processes that start at the same time run each migration once', async () => {
  const file = newFile();
  const ran = await Promise.all((long ? [1, 2, 3, 4] : [1, 2]).map(() => migrateInProcess(file)));
  expect(ran.flat().sort()).toEqual([...names].sort());
  expect((await applied(open(file))).map(({ name }) => name)).toEqual(names);
});

test('a process waits while another migrates, and then has nothing to do', async () => {
  const file = newFile();
  await migrate(open(file), clock, []);
  const other = new BetterSqlite3(file);
  onTestFinished(() => void other.close());
  other.exec('begin immediate');
  for (const name of names) other.prepare('insert into migrations values (?, 5)').run(name);
  const ready = Promise.withResolvers<void>();
  const waiting = migrateInProcess(file, '', ready.resolve);
  await ready.promise;
  // Time to reach the lock.
  await delay(300);
  other.exec('commit');
  expect(await waiting).toEqual([]);
});

test('two connections of one process run each migration once', async () => {
  const file = newFile();
  const ran = [];
  for (const db of [open(file), open(file)]) ran.push(await migrate(db, clock));
  expect(ran).toEqual([names, []]);
});

test('a failed migration changes nothing, keeps the earlier ones, and can run again', async () => {
  const db = open(newFile());
  const broken: Migration = {
    name: '0999-broken',
    up: async (transaction) => {
      await making('', 'half').up(transaction);
      throw new Error('half way');
    },
  };
  await expect(migrate(db, clock, [...migrations, broken])).rejects.toThrow('half way');
  expect(await tablesOf(db)).not.toContain('half');
  expect((await applied(db)).map(({ name }) => name)).toEqual(names);
  const repaired = making('0999-broken', 'half');
  expect(await migrate(db, clock, [...migrations, repaired])).toEqual(['0999-broken']);
  expect(await tablesOf(db)).toContain('half');
});

test('a process killed in the middle of a migration leaves no part of it', async () => {
  const file = newFile();
  await expect(migrateInProcess(file, 'die')).rejects.toMatchObject({ signal: 'SIGKILL' });
  const db = open(file);
  expect(await tablesOf(db)).not.toContain('half');
  expect((await applied(db)).map(({ name }) => name)).toEqual(names);
  expect(await migrate(db, clock)).toEqual([]);
});

test('a database of a newer version is refused in one line and left unchanged', async () => {
  const db = open(newFile());
  await migrate(db, clock, [...migrations, making('0998-future', 'future')]);
  const refused = migrate(db, clock);
  await expect(refused).rejects.toBeInstanceOf(StoreError);
  await expect(refused).rejects.toThrow(
    `the database was written by a newer Envcheck (it has migration 0998-future, this version knows up to ${names.at(-1)}): ` +
      'start the newer version, or restore a backup that was made before it',
  );
  expect(await tablesOf(db)).toContain('future');
});

test('pending migrations are known before they run', async () => {
  const db = open(newFile());
  await migrate(db, clock, []);
  expect(await pendingMigrations(db)).toEqual(names);
});

test('the registry lists the files of the folder in numerical order', () => {
  const files = readdirSync(new URL('../../migrations/', import.meta.url))
    .filter((file) => file !== 'index.ts')
    .map((file) => file.replace(/\.ts$/, ''))
    .sort();
  expect(names).toEqual(files);
  const numbers = names.map((name) => Number(name.slice(0, 4)));
  expect(numbers).toEqual([...new Set(numbers)].sort((left, right) => left - right));
});
