import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { expect, it, vi } from 'vitest';
import { openDatabase } from '../../../src/store/database.ts';
import { migrate } from '../../../src/store/migrate.ts';
import { openStore } from '../../../src/store/store-file.ts';
import { inTransaction } from '../../../src/store/transaction.ts';
import { temporaryFolder } from '../../environment.ts';
import { createDatabase } from '../../event-log.ts';
import { activity, startReceiver } from './start-receiver.ts';

const within = { timeout: 8_000, interval: 50 };

it('a database that was moved, removed, replaced or lost its write-ahead log takes no delivery until it is back', async () => {
  const { deliver, config, url, count, logged } = await startReceiver();
  const { database } = config;
  const away = `${database}.away`;
  const backup = join(dirname(database), 'backup.db');
  let contract = 0;
  const send = async () => {
    contract += 1;
    return (await deliver(activity(contract))).status;
  };
  const ready = async () => {
    const response = await fetch(`${url}/readyz`);
    return { status: response.status, database: ((await response.json()) as { database: string }).database };
  };
  const recovers = () =>
    vi.waitFor(async () => {
      expect(await ready()).toEqual({ status: 200, database: 'ok' });
      expect(await send()).toBe(200);
    }, within);
  expect(await send()).toBe(200);
  const copy = new BetterSqlite3(database);
  await copy.backup(backup);
  copy.close();

  renameSync(database, away);
  expect(await send()).toBe(503);
  expect(await ready()).toEqual({
    status: 503,
    database: expect.stringContaining(`${database} was removed or moved away`),
  });
  await vi.waitFor(() => expect(logged.join()).toContain('the database is not where it was opened'), within);
  expect(existsSync(database)).toBe(false);
  renameSync(away, database);
  await recovers();
  const stored = count('deliveries');
  expect(stored).toBeGreaterThanOrEqual(2);

  rmSync(`${database}-wal`);
  expect(await send()).toBe(503);
  expect((await ready()).status).toBe(503);
  await recovers();
  // The acknowledged delivery was in the removed write-ahead log only.
  expect(count('deliveries')).toBeGreaterThanOrEqual(stored + 1);

  rmSync(database);
  expect(await send()).toBe(503);
  writeFileSync(database, 'no database at all. '.repeat(50));
  await vi.waitFor(
    async () => expect((await ready()).database).toMatch(/not a complete database yet|not an SQLite/),
    within,
  );
  expect(await send()).toBe(503);
  rmSync(database);
  // A command creates a database where there is none.
  const other = openDatabase(database);
  await migrate(other, { now: () => Date.now() });
  await other.destroy();
  await vi.waitFor(
    async () =>
      expect((await ready()).database).toContain('is another database than the one that was opened'),
    within,
  );
  expect(await send()).toBe(503);
  rmSync(database);
  copyFileSync(backup, `${database}.part`);
  renameSync(`${database}.part`, database);
  await recovers();
  const now = new BetterSqlite3(database, { readonly: true });
  expect(now.pragma('integrity_check', { simple: true })).toBe('ok');
  // The delivery of the backup, and those since.
  expect(
    now.prepare('select count(*) from deliveries where id in (select min(id) from deliveries)').pluck().get(),
  ).toBe(1);
  now.close();
  expect(count('events where contract_id = 1')).toBe(1);
  expect(count('events where contract_id = 2')).toBe(0);
});

it('acts of people are refused while the file is lost, and a folder moved away and back loses nothing', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'data', 'envcheck.db');
  mkdirSync(dirname(file));
  await createDatabase(file);
  const { db, lost, reopen } = openStore(file, 'existing');
  const add = (name: string) =>
    inTransaction(db, (transaction) =>
      transaction
        .insertInto('receiver_keys')
        .values({ environment: name, fingerprint: 'x', read_at: 1 })
        .execute(),
    );
  const names = async () =>
    (await db.selectFrom('receiver_keys').select('environment').execute()).map((row) => row.environment);
  const nothing = async () => {};
  const steps = { closeOthers: nothing, accept: nothing, migrate: nothing };
  await add('a');
  renameSync(dirname(file), join(folder, 'away'));
  expect(lost()?.kind).toBe('gone');
  await expect(add('b')).rejects.toThrow('was removed or moved away while it was open');
  await expect(reopen(steps)).rejects.toThrow('was removed or moved away');
  expect(await names()).toEqual(['a']);
  renameSync(join(folder, 'away'), dirname(file));
  expect(lost()).toBeNull();
  await add('c');

  // Lost within a transaction: nothing of it is promised.
  const half = inTransaction(db, async (transaction) => {
    await transaction
      .insertInto('receiver_keys')
      .values({ environment: 'd', fingerprint: 'x', read_at: 1 })
      .execute();
    renameSync(file, `${file}.away`);
  });
  await expect(half).rejects.toThrow('was removed or moved away');
  renameSync(`${file}.away`, file);
  expect(await names()).toEqual(['a', 'c']);

  // Another database, beside which the write-ahead log of the old one still lies.
  const other = openDatabase(join(folder, 'other.db'));
  await other.destroy();
  await createDatabase(join(folder, 'new.db'));
  renameSync(join(folder, 'new.db'), file);
  expect(lost()?.kind).toBe('replaced');
  await expect(add('e')).rejects.toThrow('another file stands at');
  await reopen(steps);
  expect(await names()).toEqual([]);
  await add('f');
  expect(await names()).toEqual(['f']);
  expect(readdirSync(dirname(file))).toContain('envcheck.db-wal.old');

  // A database of another program is refused, and the next one is taken.
  renameSync(file, `${file}.away`);
  writeFileSync(file, '');
  await expect(reopen(steps)).rejects.toThrow('not a complete database yet');
  renameSync(`${file}.away`, file);
  await add('g');
  rmSync(`${file}-shm`);
  expect(lost()).toMatchObject({ kind: 'log', text: expect.stringContaining('-shm was removed') });
  await reopen(steps);
  await add('h');
  expect(await names()).toEqual(['f', 'g', 'h']);
  await db.destroy();
});
