import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { migrations } from '../../migrations/index.ts';
import { probeDatabase } from '../../src/cli/doctor-database.ts';
import { insertAudit, verifyAudit } from '../../src/store/audit.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { inTransaction } from '../../src/store/transaction.ts';
import { temporaryFolder } from '../environment.ts';

const clock = { now: () => 0 };
const entry = {
  at: 1,
  actor: 'cli:ada',
  act: 'waiver.accept',
  environment: 'prod',
  subject: 'a',
  detail: { z: 1, a: 2 },
};

function open(file: string): Database {
  const db = openDatabase(file);
  onTestFinished(() => db.destroy());
  return db;
}

const add = (db: Database, subject = 'a'): Promise<string> =>
  inTransaction(db, (transaction) => insertAudit(transaction, { ...entry, subject }));

/** A migrated database with three entries. */
async function audited(): Promise<{ file: string; db: Database; ids: string[] }> {
  const file = join(temporaryFolder(), 'envcheck.db');
  const db = open(file);
  await migrate(db, clock);
  return { file, db, ids: [await add(db, 'a'), await add(db, 'b'), await add(db, 'c')] };
}

const everything = (db: Database) => db.selectFrom('audit').selectAll().orderBy('key').execute();

test('no statement rewrites an entry of the audit, with any conflict clause and on any connection', async () => {
  const { file, db, ids } = await audited();
  const before = await everything(db);
  const other = new BetterSqlite3(file);
  onTestFinished(() => void other.close());
  const columns = '(key, id, at, actor, act, environment, subject, detail, previous)';
  const values = (key: string, id: string, previous: string) =>
    `values (${key}, '${id}', 1, 'cli:eve', 'x', 'prod', 's', '{}', '${previous}')`;
  const [first = '', second = ''] = before.map(({ previous }) => previous);
  for (const statement of [
    `insert or replace into audit ${columns} ${values('1', 'aud_new', 'x')}`,
    `replace into audit ${columns} ${values('null', ids[1] ?? '', 'x')}`,
    `insert or replace into audit ${columns} ${values('null', 'aud_new', second)}`,
    `insert or ignore into audit ${columns} ${values('3', 'aud_new', first)}`,
    `insert into audit ${columns} ${values('2', 'aud_new', 'x')} on conflict (key) do update set actor = 'cli:eve'`,
    `update or replace audit set actor = 'cli:eve' where key = 1`,
    `update audit set key = 9 where key = 1`,
    'delete from audit',
    'delete from audit where key = 3',
  ])
    expect(() => other.exec(statement), statement).toThrow('append-only');
  expect(() => other.exec("insert into audit select 9, 'aud_9', 1, 'x', 'x', null, 's', '{}', null")).toThrow(
    'carries the hash of the one before',
  );
  expect(await everything(db)).toEqual(before);
  expect(await verifyAudit(db)).toEqual({ entries: 3, broken: null });
});

test('an acknowledgement of failures cannot be replaced either', async () => {
  const { db } = await audited();
  const insert = (key: number, id: string) =>
    sql`insert or replace into failure_acknowledgements values
      (${key}, ${id}, 'prod', 'failed', null, 1, 'cli:ada', 'known', '[]', 1, 1, 1)`.execute(db);
  await insert(1, 'ack_1');
  await expect(insert(1, 'ack_2')).rejects.toThrow('append-only');
  await expect(insert(2, 'ack_1')).rejects.toThrow('append-only');
});

test.each([
  [
    'a changed entry',
    "update audit set actor = 'cli:eve' where key = 2",
    ([, b, c]: string[]) => `between ${b} and ${c}`,
  ],
  [
    'a changed first entry',
    'update audit set at = 2 where key = 1',
    ([a, b]: string[]) => `between ${a} and ${b}`,
  ],
  [
    'a changed last entry',
    "update audit set detail = '{}' where key = 3",
    ([, , c]: string[]) => `at or after ${c}, the last entry`,
  ],
  ['a removed entry', 'delete from audit where key = 2', ([a, , c]: string[]) => `between ${a} and ${c}`],
  ['a removed first entry', 'delete from audit where key = 1', ([, b]: string[]) => `before ${b}`],
  [
    'a removed last entry',
    'delete from audit where key = 3',
    ([, b]: string[]) => `at or after ${b}, the last entry`,
  ],
  ['a removed audit', 'delete from audit', () => 'because all entries are gone'],
  [
    'an inserted entry',
    "insert into audit select null, 'aud_x', 1, 'cli:eve', 'x', null, 's', '{}', 'x'",
    ([, , c]: string[]) => `between ${c} and aud_x`,
  ],
  [
    'a changed environment of null',
    'update audit set environment = null where key = 2',
    ([, b, c]: string[]) => `between ${b} and ${c}`,
  ],
])('the doctor finds %s, and where', async (_what, change, where) => {
  const { file, db, ids } = await audited();
  for (const trigger of ['no_update', 'no_delete'])
    await sql.raw(`drop trigger audit_${trigger}`).execute(db);
  const audit = async () => (await probeDatabase(file)).find(({ part }) => part === 'audit');
  expect(await audit()).toMatchObject({
    state: 'works',
    detail: '3 entries, each with the hash of the one before',
  });
  await sql.raw(change).execute(db);
  expect(await audit()).toMatchObject({
    state: 'broken',
    detail: `the chain of entries is broken ${where(ids)}: somebody changed the audit outside Envcheck`,
  });
});

test('several connections that write at once continue one chain', async () => {
  const { file, db } = await audited();
  const others = [open(file), open(file), open(file)];
  for (let round = 0; round < 10; round += 1)
    for (const other of others) await Promise.all([add(other), add(other)]);
  expect(await verifyAudit(db)).toEqual({ entries: 63, broken: null });
  // Without the right to write, both would read the same end of the chain.
  const [left, right] = [open(file), open(file)];
  const forked = await Promise.allSettled(
    [left, right].map((each) => insertAudit(each as never, { ...entry, subject: 'fork' })),
  );
  expect(await verifyAudit(db)).toMatchObject({ broken: null });
  expect(forked.filter(({ status }) => status === 'rejected')).toHaveLength(1);
});

test('entries from before the chain are chained by the migration', async () => {
  const file = join(temporaryFolder(), 'envcheck.db');
  const db = open(file);
  const earlier = migrations.slice(0, 10);
  await migrate(db, clock, earlier);
  for (const id of ['aud_1', 'aud_2', 'aud_3'])
    await sql`insert into audit (id, at, actor, act, environment, subject, detail)
      values (${id}, 5, 'slack:U1', 'sign_off.sign', null, 'Übergabe “x”', '{"a":1}')`.execute(db);
  await migrate(db, clock);
  expect(await verifyAudit(db)).toEqual({ entries: 3, broken: null });
  await add(db);
  expect(await verifyAudit(db)).toEqual({ entries: 4, broken: null });
  await expect(sql`update audit set actor = 'x'`.execute(db)).rejects.toThrow('append-only');
});
