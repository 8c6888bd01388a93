import type BetterSqlite3 from 'better-sqlite3';
import { callIsHeld, type Holds, outcomeIsHeld, readingIsHeld, reportIsHeld } from './prune-holds.ts';

/** Rows looked at between two looks at the clock. */
const STEP = 8;
/** Candidates read ahead from one index. */
const READ_AHEAD = 64;

/**
 * A part of the log in one pass. Each call looks at the next few rows older than `before` (epoch ms) and returns how many it
 * removed; null when it has looked at all of them.
 */
export type Part = (before: number) => number | null;

interface Candidate {
  key: number;
  at: number;
  event_key: number | null;
}

/** Reads rows in the order of their age, each once. */
function readInOrder<Row extends { key: number; at: number }>(read: (place: [number, number]) => Row[]) {
  let waiting: Row[] = [];
  let place: [at: number, key: number] | null = [-Number.MAX_SAFE_INTEGER, -1];
  const first = (): Row | null => {
    if (waiting.length === 0 && place !== null) {
      waiting = read(place).reverse();
      const last = waiting[0];
      place = last === undefined || waiting.length < READ_AHEAD ? null : [last.at, last.key];
    }
    return waiting.at(-1) ?? null;
  };
  return { first, take: () => waiting.pop() };
}

/**
 * Deliveries with their events and identifiers. Verified and refused ones of every environment have an index each; they are
 * removed in the order of their common age, because rows that arrived together share pages.
 */
export function deliveryParts(sqlite: BetterSqlite3.Database, holds: Holds): () => Part[] {
  const environments = sqlite.prepare(environmentsOfDeliveries).pluck();
  const candidates = ['is null', 'is not null'].map((rejection) =>
    sqlite.prepare(
      `select key, received_at as at, event_key from deliveries where rejection ${rejection} and environment = ?
        and received_at < ? and (received_at, key) > (?, ?) order by received_at, key limit ${READ_AHEAD}`,
    ),
  );
  const delivery = sqlite.prepare('delete from deliveries where key = ?');
  const announced = sqlite.prepare('select 1 from deliveries where event_key = ? limit 1').pluck();
  const identifiers = sqlite.prepare('delete from identifiers where event_key = ?');
  const event = sqlite.prepare('delete from events where key = ?');
  const remove = ({ key, event_key }: Candidate): number => {
    if (holds.delivery(key, event_key)) return 0;
    delivery.run(key);
    if (event_key === null || announced.get(event_key) !== undefined) return 1;
    identifiers.run(event_key);
    return 1 + event.run(event_key).changes;
  };
  return () => {
    let limit = 0;
    const queues = (environments.all() as string[]).flatMap((name) =>
      candidates.map((each) => readInOrder((place) => each.all(name, limit, ...place) as Candidate[])),
    );
    const oldest = () =>
      queues.reduce<(typeof queues)[number] | null>((found, queue) => {
        const at = queue.first()?.at;
        return at === undefined || at >= (found?.first()?.at ?? Number.POSITIVE_INFINITY) ? found : queue;
      }, null);
    return [
      (before) => {
        limit = before;
        let removed = 0;
        for (let looked = 0; looked < STEP; looked += 1) {
          const row = oldest()?.take();
          if (row === undefined) return looked === 0 ? null : removed;
          removed += remove(row);
        }
        return removed;
      },
    ];
  };
}

/** Outcomes and calls, each in the order of its time. */
export function rowParts(sqlite: BetterSqlite3.Database): () => Part[] {
  const parts = [
    ['outcomes', outcomeIsHeld],
    ['api_calls', callIsHeld],
  ].map(([table, isHeld]) => ({
    older: sqlite.prepare(`select rowid as key, at from ${table}
      where at < ? and (at, rowid) > (?, ?) order by at, rowid limit ${READ_AHEAD}`),
    remove: sqlite.prepare(`delete from ${table} where rowid = ? and not ${isHeld}`),
  }));
  return () =>
    parts.map(({ older, remove }) => {
      let limit = 0;
      const queue = readInOrder((place) => older.all(limit, ...place) as { key: number; at: number }[]);
      return (before) => {
        limit = before;
        let removed = 0;
        for (let looked = 0; looked < STEP; looked += 1) {
          if (queue.first() === null) return looked === 0 ? null : removed;
          removed += remove.run(queue.take()?.key).changes;
        }
        return removed;
      };
    });
}

/** Parts with few rows. Snapshots that no reading and no report names any more go last. */
export function plainParts(sqlite: BetterSqlite3.Database): () => Part[] {
  const parts = plainTables.map((text) => sqlite.prepare(text));
  const unused = sqlite.prepare(unusedSnapshots);
  return () => {
    let isOver = false;
    return [
      ...parts.map(
        (statement): Part =>
          (before) =>
            statement.run(before).changes || null,
      ),
      () => {
        if (isOver) return null;
        isOver = true;
        unused.run();
        return 0;
      },
    ];
  };
}

/** Steps through the index from name to name: `distinct` would read all of it. */
const environmentsOfDeliveries = `with recursive
  verified(name) as (select min(environment) from deliveries where rejection is null union all
    select (select min(environment) from deliveries where rejection is null and environment > name) from verified where name is not null),
  refused(name) as (select min(environment) from deliveries where rejection is not null union all
    select (select min(environment) from deliveries where rejection is not null and environment > name) from refused where name is not null)
  select name from verified where name is not null union select name from refused where name is not null`;

/** The newest report and reading of each environment stay. By row id, so that only the index is read and not the contents. */
const plainTables = [
  `delete from reports where rowid in (select rowid from reports where checked_at < ? and checked_at <
    (select max(newer.checked_at) from reports as newer where newer.environment = reports.environment)
    and not ${reportIsHeld} limit ${STEP})`,
  `delete from snapshot_readings where id in (select id from snapshot_readings where taken_at < ? and taken_at <
    (select max(newer.taken_at) from snapshot_readings as newer where newer.environment = snapshot_readings.environment)
    and not ${readingIsHeld} limit ${STEP})`,
  `delete from comparisons where key in (select key from comparisons where at < ? limit ${STEP})`,
  `delete from differences where key in (select key from differences where resolved_at < ? limit ${STEP})`,
];

const unusedSnapshots = `delete from snapshots where hash not in (select hash from snapshot_readings)
  and hash not in (select snapshot from reports where snapshot is not null)`;
