import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { expect, it } from 'vitest';
import { openEventLogWriter, type PreparedDelivery } from '../../src/store/event-log.ts';
import { activity, rowsOf, startReceiver } from '../events/log/start-receiver.ts';
import { long } from '../long.ts';
import { openCliWorld, start } from './program.ts';

/** Deliveries in the database while more arrive: a copy takes three steps of 4 MB, and fifteen in the long run. */
const MANY = long ? 60_000 : 12_000;

function fill(database: string, count: number): void {
  const delivery = (index: number): PreparedDelivery => ({
    id: `dlv_${index}`,
    environment: 'prod',
    receivedAt: index,
    requestId: `request-${index}`,
    source: '192.0.2.1',
    rejection: null,
    signedWith: null,
    bytes: 2,
    event: {
      id: `evt_${index}`,
      activity: 'CONTRACT_EXECUTED',
      contractId: index,
      occurredAt: index,
      payload: Buffer.alloc(300, index),
      payloadKind: 'raw',
      unread: null,
      identifiers: [{ kind: 'contract', value: String(index) }],
    },
  });
  const writer = openEventLogWriter(database);
  for (let from = 0; from < count; from += 2_000)
    writer.write(Array.from({ length: 2_000 }, (_, index) => delivery(from + index)));
  writer.close();
}

it('a copy made while deliveries arrive is intact and holds every delivery acknowledged before', async () => {
  const receiver = await startReceiver();
  const { config, world } = receiver;
  fill(config.database, MANY);
  const acknowledged: string[] = [];
  let receiving = true;
  const deliveries = Promise.all(
    Array.from({ length: 4 }, async (_, sender) => {
      for (let index = 0; receiving; index += 1) {
        const { json } = await receiver.deliver(activity(1_000_000 + index * 4 + sender));
        if (json.deliveryId) acknowledged.push(json.deliveryId);
      }
    }),
  );
  while (acknowledged.length < 20) await new Promise((resolve) => setTimeout(resolve, 5));
  const before = [...acknowledged];
  const file = join(dirname(config.file), 'copy.db');
  const env = { ...world.environment, ENVCHECK_CONFIG: config.file };
  const { code, out, err } = await start(['backup', file], { env }).ended;
  const during = acknowledged.length - before.length;
  receiving = false;
  await deliveries;

  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(during).toBeGreaterThan(20);
  expect(out).toMatch(
    /copy\.db: \d+\.\d MB, complete and intact, up to migration \d{4}-.*\nTo restore it: stop Envcheck/,
  );
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(dirname(file)).filter((name) => name.startsWith('copy.db'))).toEqual(['copy.db']);
  expect(rowsOf(file, 'pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  const ids = new Set(rowsOf<{ id: string }>(file, 'select id from deliveries').map(({ id }) => id));
  expect(ids.size).toBeGreaterThanOrEqual(MANY + before.length);
  expect(before.filter((id) => !ids.has(id))).toEqual([]);
});

it('a restored copy works as the database', async () => {
  const { run, folder, edit } = await openCliWorld({ delivered: false });
  expect((await run(['migrate'])).code).toBe(0);
  fill(join(folder, 'envcheck.db'), 2_000);
  const copy = join(folder, 'copy.db');
  expect((await run(['backup', copy])).code).toBe(0);
  edit((config: Record<string, unknown>) => {
    config.database = copy;
  });
  const { code, out } = await run(['find', 'evt_1999', '--json']);
  expect({ code, found: JSON.parse(out).found }).toEqual({ code: 0, found: true });
  expect(rowsOf(copy, 'pragma journal_mode')).toEqual([{ journal_mode: 'wal' }]);
});

it('an existing file is replaced only with --force, and the database itself never', async () => {
  const { run, folder } = await openCliWorld({ delivered: false });
  expect((await run(['migrate'])).code).toBe(0);
  const copy = join(folder, 'copy.db');
  writeFileSync(copy, 'mine');
  expect(await run(['backup', copy])).toMatchObject({
    code: 64,
    out: '',
    err: expect.stringContaining('exists; --force replaces it'),
  });
  expect(readFileSync(copy, 'utf8')).toBe('mine');
  expect((await run(['backup', copy, '--force'])).code).toBe(0);
  expect(rowsOf(copy, 'select count(*) as n from events')).toEqual([{ n: 0 }]);
  for (const file of ['envcheck.db', './envcheck.db-wal'].filter((name) => existsSync(join(folder, name))))
    expect(await run(['backup', file, '--force'])).toMatchObject({
      code: 64,
      err: expect.stringContaining('is the database itself'),
    });
  writeFileSync(`${copy}.part`, '');
  expect(await run(['backup', join(folder, 'copy.db'), '--force'])).toMatchObject({ code: 0 });
});

it('a failed copy and a missing database leave no file behind', async () => {
  const { run, folder, edit } = await openCliWorld({ delivered: false });
  const [database, copy] = [join(folder, 'envcheck.db'), join(folder, 'copy.db')];
  const missing = await run(['backup', copy]);
  expect(missing).toMatchObject({ code: 2, err: expect.stringContaining('there is no database') });
  expect([existsSync(database), existsSync(copy), existsSync(`${copy}.part`)]).toEqual([false, false, false]);

  expect((await run(['migrate'])).code).toBe(0);
  fill(database, 4_000);
  const sqlite = new BetterSqlite3(database);
  sqlite.pragma('wal_checkpoint(truncate)');
  sqlite.close();
  // Zeroed pages in the middle, which opening the database does not notice.
  const bytes = readFileSync(database);
  bytes.fill(0, bytes.length / 2, bytes.length / 2 + 100_000);
  writeFileSync(database, bytes);
  const damaged = await run(['backup', copy]);
  expect(damaged).toMatchObject({ code: 2, out: '', err: expect.stringContaining('is damaged') });
  expect(readdirSync(folder).filter((name) => name.startsWith('copy.db'))).toEqual([]);

  const foreign = join(folder, 'foreign.db');
  new BetterSqlite3(foreign).exec('pragma auto_vacuum = incremental; create table other (x)').close();
  edit((config: Record<string, unknown>) => {
    config.database = foreign;
  });
  expect(await run(['backup', copy])).toMatchObject({
    code: 2,
    err: expect.stringContaining('not an Envcheck database'),
  });
});
