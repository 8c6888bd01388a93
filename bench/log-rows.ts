import { closeSync, fsyncSync, openSync } from 'node:fs';
import { openDatabase } from '../src/store/database.ts';
import { migrate } from '../src/store/migrate.ts';
import { openSqlite } from '../src/store/sqlite.ts';

/** Time between two deliveries, ms: ten million fill the 90 days that the log keeps. */
const MS_APART = 778;
/** Rows per statement, so that its sort stays in memory. */
const CHUNK = 1_000_000;

/**
 * Migrates a database that no other process has open and adds the deliveries after `from` up to `to`; the newest is received
 * at `until`, epoch ms. Two environments; a quarter of the deliveries repeat the previous one, one in a hundred is refused, a
 * contract has about eight events, a fifth of the senders name their requests. Indexes are dropped and created again: ten
 * million inserts with indexes would take an hour.
 */
export async function growLog(file: string, from: number, to: number, until: number): Promise<void> {
  const db = openDatabase(file);
  await migrate(db, { now: () => until });
  await db.destroy();
  const sqlite = openSqlite(file);
  try {
    for (const pragma of [
      'journal_mode = delete',
      'journal_mode = off',
      'synchronous = off',
      'cache_size = -3000000',
      'threads = 2',
    ])
      sqlite.pragma(pragma);
    const indexes = sqlite
      .prepare(
        "select name, sql from sqlite_master where type = 'index' and sql is not null and tbl_name in ('events', 'deliveries', 'identifiers')",
      )
      .all() as { name: string; sql: string }[];
    for (const { name } of indexes) sqlite.exec(`drop index ${name}`);
    for (let at = from; at < to; at += CHUNK) {
      const range = { first: at + 1, last: Math.min(at + CHUNK, to), start: until - to * MS_APART, of: to };
      for (const statement of [events, deliveries, identifiers]) sqlite.prepare(statement).run(range);
    }
    for (const { sql } of indexes) sqlite.exec(sql);
    sqlite.exec('analyze');
    sqlite.pragma('journal_mode = wal');
  } finally {
    sqlite.close();
  }
  // Otherwise the first fsync of the measurement would write all of this to disk.
  const written = openSync(file, 'r');
  fsyncSync(written);
  closeSync(written);
}

const numbers =
  'with recursive n(i) as (select cast(@first as integer) union all select i + 1 from n where i < @last)';
const environment = (i: string): string => `case when ${i} % 5 < 3 then 'prod' else 'uat' end`;
/** Event key of delivery number `i`. Every fourth delivery repeats the event of the previous one. */
const eventKey = '(i - i / 4)';
const contract = (key: string): string => `(100000 + (${key} * 7919) % (cast(@of as integer) / 10))`;
const randomText = (length: number): string =>
  `substr(lower(hex(randomblob(${Math.ceil(length / 2)}))), 1, ${length})`;
/** Like the program's own ids: ids made shortly after each other share their beginning. */
const ownId = (prefix: string): string =>
  `'${prefix}_' || printf('%03x', (i / 256 * 2654435761) % 4096) || ${randomText(23)}`;
const activity = (key: string): string =>
  `case ${key} % 4 when 0 then 'CONTRACT_CREATED' when 1 then 'CONTRACT_SIGNED' when 2 then 'CONTRACT_EXECUTED' else 'CONTRACT_DATA_UPDATED' end`;

const events = `${numbers}
  insert into events (key, id, environment, activity, contract_id, occurred_at, received_at, payload)
  select ${eventKey}, 'evt_' || ${randomText(26)}, ${environment(eventKey)}, ${activity(eventKey)}, ${contract(eventKey)},
    @start + i * ${MS_APART} - 900, @start + i * ${MS_APART},
    cast('{"activity":"CONTRACT_CREATED","contract_id":' || ${contract(eventKey)} || ',"contract_kind":"TEMPLATE","counterparties":[{"type":"ORGANIZATION","counterparty_id":7014}],"contract_type_name":"Order Form","external_metadata":{"integration_name":"Salesforce","record_type":"Opportunity"}}' as blob)
  from n where i % 4 != 0`;

const deliveries = `${numbers}
  insert into deliveries (key, id, event_key, environment, received_at, request_id, source, bytes, rejection)
  select i, ${ownId('dlv')}, case when i % 100 = 0 then null else ${eventKey} end, ${environment(eventKey)},
    @start + i * ${MS_APART}, case when i % 5 = 0 then ${randomText(32)} else ${ownId('req')} end, '203.0.113.7', 1350,
    case when i % 100 = 0 then 'bad_signature' end
  from n`;

/** Sorted by the primary key, because the table is stored in its order. */
const identifiers = `${numbers}, e(key, contract, at) as (
    select ${eventKey}, ${contract(eventKey)}, @start + i * ${MS_APART} - 900 from n where i % 4 != 0)
  insert into identifiers (value, kind, event_key)
  select * from (
    select cast(contract as text) as value, 'contract' as kind, key from e
    union all select 'NW-OF-' || contract, 'reference', key from e where key % 3 = 0
    union all select '006' || printf('%012d', contract * 31), 'external', key from e where key % 2 = 0
    union all select strftime('%Y-%m-%dT%H:%M:%f', at / 1000.0, 'unixepoch') || printf('%03dZ', key % 1000), 'time', key from e)
  order by 1, 2, 3`;
