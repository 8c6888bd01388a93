import type BetterSqlite3 from 'better-sqlite3';
import type { Database } from './database.ts';

/** Deliveries removed per environment, kind and transaction. Each changes some 17 pages, and a receiver waits for their fsync. */
const BATCH = 1;
/** Rows removed per transaction from tables without dependent rows. */
const PLAIN_BATCH = 200;
/** Free pages (64 MB) that stay in the file for future deliveries. */
const SPARE_PAGES = 16_000;
/** Pages returned to the file system after a batch: about twice as many as it frees. */
const VACUUM_PAGES = 20;

/** True when a row may be older than `before` (epoch ms), from the first entry of each index. */
export async function hasRowsOlderThan(db: Database, before: number): Promise<boolean> {
  const oldest = await Promise.all([
    db.selectFrom('deliveries').select('received_at as at').orderBy('key').limit(1).executeTakeFirst(),
    db
      .selectFrom('api_calls')
      .select(({ fn }) => fn.min('at').as('at'))
      .executeTakeFirst(),
    db
      .selectFrom('outcomes')
      .select(({ fn }) => fn.min('at').as('at'))
      .executeTakeFirst(),
    db
      .selectFrom('comparisons')
      .select(({ fn }) => fn.min('at').as('at'))
      .executeTakeFirst(),
    db
      .selectFrom('differences')
      .select(({ fn }) => fn.min('resolved_at').as('at'))
      .executeTakeFirst(),
    db
      .selectFrom('reports')
      .select(({ fn }) => fn.min('checked_at').as('at'))
      .executeTakeFirst(),
    db
      .selectFrom('snapshot_readings')
      .select(({ fn }) => fn.min('taken_at').as('at'))
      .executeTakeFirst(),
  ]);
  return oldest.some((row) => typeof row?.at === 'number' && row.at < before);
}

/**
 * Returns a function that removes one small batch of rows older than `before` (epoch ms) from every part of the log and
 * returns their number; 0 when nothing is older. The newest snapshot and report of each environment stay whatever their age,
 * because they are its known state. Synchronous, for the thread that writes the log.
 */
export function createPruner(sqlite: BetterSqlite3.Database): (before: number) => number {
  const environments = sqlite.prepare(environmentsOfDeliveries).pluck();
  const deliveries = ['is null', 'is not null'].map((rejection) =>
    sqlite
      .prepare(
        `delete from deliveries where key in (select key from deliveries where rejection ${rejection}
          and environment = ? and received_at < ? limit ${BATCH}) returning event_key`,
      )
      .pluck(),
  );
  const announced = sqlite.prepare('select 1 from deliveries where event_key = ? limit 1').pluck();
  const identifiers = sqlite.prepare('delete from identifiers where event_key = ?');
  const event = sqlite.prepare('delete from events where key = ?');
  const plain = plainTables.map((statement) => sqlite.prepare(statement));
  const kept = newestKept.map((statement) => sqlite.prepare(statement));
  const unused = sqlite.prepare(unusedSnapshots);

  /** Removes events that have no delivery left. */
  const pruneEvents = (keys: unknown[]): number =>
    [...new Set(keys)]
      .filter((key) => key !== null && announced.get(key) === undefined)
      .reduce((gone: number, key) => {
        identifiers.run(key);
        return gone + event.run(key).changes;
      }, 0);
  const pruneDeliveries = (before: number): number => {
    const keys = environments
      .all()
      .flatMap((environment) => deliveries.flatMap((statement) => statement.all(environment, before)));
    return keys.length + pruneEvents(keys);
  };
  const pruneOthers = (before: number): number => {
    const run = (statements: typeof plain): number =>
      statements.reduce((sum, statement) => sum + statement.run(before).changes, 0);
    const snapshotsOrReports = run(kept);
    if (snapshotsOrReports > 0) unused.run();
    return snapshotsOrReports + run(plain);
  };
  // Other rows are few, and searching them costs as much as many deliveries, so they come last.
  const prune = sqlite.transaction((before: number) => pruneDeliveries(before) || pruneOthers(before));
  return (before) => {
    const gone = prune.immediate(before);
    if (gone > 0 && Number(sqlite.pragma('freelist_count', { simple: true })) > SPARE_PAGES)
      sqlite.pragma(`incremental_vacuum(${VACUUM_PAGES})`);
    return gone;
  };
}

/** Steps through the index from name to name: `distinct` would read all of it. */
const environmentsOfDeliveries = `with recursive
  verified(name) as (select min(environment) from deliveries where rejection is null union all
    select (select min(environment) from deliveries where rejection is null and environment > name) from verified where name is not null),
  refused(name) as (select min(environment) from deliveries where rejection is not null union all
    select (select min(environment) from deliveries where rejection is not null and environment > name) from refused where name is not null)
  select name from verified where name is not null union select name from refused where name is not null`;

const plainTables = [
  `delete from api_calls where rowid in (select rowid from api_calls where at < ? limit ${PLAIN_BATCH})`,
  `delete from outcomes where rowid in (select rowid from outcomes where at < ? limit ${PLAIN_BATCH})`,
  `delete from comparisons where key in (select key from comparisons where at < ? limit ${PLAIN_BATCH})`,
  `delete from differences where key in (select key from differences where resolved_at < ? limit ${PLAIN_BATCH})`,
];

/** Keeps the newest of each environment. By row id, so that only the index is read and not the contents. */
const newestKept = [
  `delete from reports where rowid in (select rowid from reports where checked_at < ? and checked_at <
    (select max(newer.checked_at) from reports as newer where newer.environment = reports.environment) limit ${PLAIN_BATCH})`,
  `delete from snapshot_readings where id in (select id from snapshot_readings where taken_at < ? and taken_at <
    (select max(newer.taken_at) from snapshot_readings as newer where newer.environment = snapshot_readings.environment) limit ${PLAIN_BATCH})`,
];

const unusedSnapshots = `delete from snapshots where hash not in (select hash from snapshot_readings)
  and hash not in (select snapshot from reports where snapshot is not null)`;
