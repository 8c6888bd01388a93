import type BetterSqlite3 from 'better-sqlite3';
import type { Database } from './database.ts';
import { callIsHeld, type OpenFailure, outcomeIsHeld, prepareHolds } from './prune-holds.ts';

/** Deliveries looked at between two looks at the clock, per environment and kind. */
const BATCH = 4;
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

/** The limits of one batch. Times in epoch ms. */
export interface PruneOrder {
  /** Rows older than this go. */
  before: number;
  /** Incident marks apply until their end. */
  now: number;
  /** The batch ends after about this time, ms. */
  spendMs: number;
  /** Open groups of failures, whose rows stay. */
  openFailures: readonly OpenFailure[];
}

export interface Pruned {
  removed: number;
  /** False when this pass has looked at every row older than `before`; the next order begins a new pass. */
  more: boolean;
}

interface Candidate {
  key: number;
  received_at: number;
  event_key: number | null;
}

/**
 * Returns a function that removes one small batch of rows older than `before` (epoch ms) from every part of the log. The
 * newest snapshot and report of each environment stay whatever their age, because they are its known state; so do rows
 * under an incident mark or an open failure. Synchronous, for the thread that writes the log.
 */
export function createPruner(sqlite: BetterSqlite3.Database): (order: PruneOrder) => Pruned {
  const environments = sqlite.prepare(environmentsOfDeliveries).pluck();
  const candidates = ['is null', 'is not null'].map((rejection) =>
    sqlite.prepare(
      `select key, received_at, event_key from deliveries where rejection ${rejection} and environment = ?
        and received_at < ? and (received_at, key) > (?, ?) order by received_at, key limit ${BATCH}`,
    ),
  );
  const delivery = sqlite.prepare('delete from deliveries where key = ?');
  const announced = sqlite.prepare('select 1 from deliveries where event_key = ? limit 1').pluck();
  const identifiers = sqlite.prepare('delete from identifiers where event_key = ?');
  const event = sqlite.prepare('delete from events where key = ?');
  const held = prepareHolds(sqlite);
  const plain = plainTables.map((statement) => sqlite.prepare(statement));
  const kept = newestKept.map((statement) => sqlite.prepare(statement));
  const unused = sqlite.prepare(unusedSnapshots);
  /** The place at which this pass goes on, by environment and kind; null between two passes. */
  let places: Map<string, Candidate | null> | null = null;

  const removeDelivery = ({ key, event_key }: Candidate): number => {
    if (held.delivery(key, event_key)) return 0;
    delivery.run(key);
    if (event_key === null || announced.get(event_key) !== undefined) return 1;
    identifiers.run(event_key);
    return 1 + event.run(event_key).changes;
  };
  /** Looks at a few deliveries of one kind; null when no older one is left. */
  const step = (name: string, kind: number, before: number): number | null => {
    const place = `${kind} ${name}`;
    const at = places?.get(place);
    if (at === null) return null;
    const found = candidates[kind]?.all(name, before, at?.received_at ?? -1, at?.key ?? -1) as Candidate[];
    places?.set(place, found.length < BATCH ? null : (found.at(-1) ?? null));
    return found.reduce((sum, each) => sum + removeDelivery(each), 0);
  };
  const pruneDeliveries = ({ before, spendMs }: PruneOrder): Pruned => {
    const until = performance.now() + spendMs;
    const names = environments.all() as string[];
    for (let removed = 0; ; ) {
      const steps = names.flatMap((name) => candidates.map((_, kind) => step(name, kind, before)));
      removed += steps.reduce((sum: number, each) => sum + (each ?? 0), 0);
      if (steps.every((each) => each === null)) return { removed, more: removed > 0 };
      if (performance.now() >= until) return { removed, more: true };
    }
  };
  const pruneOthers = ({ before }: PruneOrder): number => {
    const run = (statements: typeof plain): number =>
      statements.reduce((sum, statement) => sum + statement.run(before).changes, 0);
    const snapshotsOrReports = run(kept);
    if (snapshotsOrReports > 0) unused.run();
    return snapshotsOrReports + run(plain);
  };
  // Other rows are few, and searching them costs as much as many deliveries, so they come last.
  const prune = sqlite.transaction((order: PruneOrder): Pruned => {
    const ofDeliveries = pruneDeliveries(order);
    if (ofDeliveries.more) return ofDeliveries;
    const others = pruneOthers(order);
    return { removed: others, more: others > 0 };
  });
  return (order) => {
    if (places === null) held.begin(order);
    places ??= new Map();
    // A removal that a power failure undoes is made again; the next delivery's commit brings it to the disk too.
    sqlite.pragma('synchronous = normal');
    try {
      const pruned = prune.immediate(order);
      if (pruned.removed > 0 && Number(sqlite.pragma('freelist_count', { simple: true })) > SPARE_PAGES)
        sqlite.pragma(`incremental_vacuum(${VACUUM_PAGES})`);
      if (!pruned.more) places = null;
      return pruned;
    } finally {
      sqlite.pragma('synchronous = full');
    }
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
  `delete from api_calls where rowid in (select rowid from api_calls where at < ? and not ${callIsHeld} limit ${PLAIN_BATCH})`,
  `delete from outcomes where rowid in (select rowid from outcomes where at < ? and not ${outcomeIsHeld} limit ${PLAIN_BATCH})`,
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
