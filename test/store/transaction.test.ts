import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { inSnapshot, inTransaction } from '../../src/store/transaction.ts';
import { temporaryFolder } from '../environment.ts';

async function twoConnections() {
  const file = join(temporaryFolder(), 'envcheck.db');
  const [one, other] = [openDatabase(file), openDatabase(file)];
  onTestFinished(async () => {
    await one.destroy();
    await other.destroy();
  });
  await migrate(one, { now: () => 0 });
  await sql`create table counts (n integer not null)`.execute(one);
  await sql`insert into counts values (0)`.execute(one);
  const countOf = async (db: Parameters<typeof inSnapshot>[0]) =>
    (await sql<{ n: number }>`select n from counts`.execute(db)).rows[0]?.n ?? -1;
  return { one, other, countOf };
}

test('nobody else writes between the reads and the writes of a transaction', async () => {
  const { one, other, countOf } = await twoConnections();
  await sql`pragma busy_timeout = 0`.execute(other);
  await inTransaction(one, async (transaction) => {
    const before = await countOf(transaction);
    await expect(sql`update counts set n = 10`.execute(other)).rejects.toThrow('locked');
    await sql`update counts set n = ${before + 1}`.execute(transaction);
  });
  expect(await countOf(other)).toBe(1);
});

test('a snapshot shows one state while others write', async () => {
  const { one, other, countOf } = await twoConnections();
  await inSnapshot(one, async (snapshot) => {
    expect(await countOf(snapshot)).toBe(0);
    await sql`update counts set n = 7`.execute(other);
    expect(await countOf(snapshot)).toBe(0);
  });
  expect(await countOf(one)).toBe(7);
});

test('a rollback that fails does not hide the first error, and the next transaction works', async () => {
  const { one, countOf } = await twoConnections();
  const failing = inTransaction(one, async (transaction) => {
    await sql`update counts set n = 1`.execute(transaction);
    // As SQLite does itself when the disk is full.
    await sql`rollback`.execute(transaction);
    throw new Error('the first error');
  });
  await expect(failing).rejects.toThrow('the first error');
  await inTransaction(one, (transaction) => sql`update counts set n = n + 2`.execute(transaction));
  expect(await countOf(one)).toBe(2);
});

test('the type of the database begins no transaction, and is none', () => {
  const never = () => {
    const db = openDatabase('');
    // @ts-expect-error a transaction of the library reads before it has the write lock
    db.transaction();
    // @ts-expect-error a connection of its own could begin one
    db.connection();
    // @ts-expect-error the database has no write lock
    const transaction: Parameters<Parameters<typeof inTransaction>[1]>[0] = db;
    return transaction;
  };
  expect(never).toBeTypeOf('function');
});
