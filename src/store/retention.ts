import { sql } from 'kysely';
import type { Database } from './database.ts';

/** Rows that go in one transaction: short enough for a receiver to wait for it unnoticed. */
const BATCH = 500;
/** Pages given back to the file system after it. */
const VACUUM_PAGES = 200;

/**
 * Takes away one small batch of what is older than `before` (epoch ms), from every part of the log, and returns how many
 * rows went. 0: nothing is older. The newest snapshot and report of each environment stay whatever their age: they are what
 * is known of it.
 */
export async function pruneBatch(db: Database, before: number): Promise<number> {
  const gone = await db.transaction().execute(async (transaction) => {
    const counts = [
      await pruneDeliveries(transaction, before),
      await pruneEvents(transaction, before),
      await pruneCalls(transaction, before),
      await pruneReports(transaction, before),
      await pruneSnapshots(transaction, before),
    ];
    return counts.reduce((sum, count) => sum + count, 0);
  });
  if (gone > 0) await sql`pragma incremental_vacuum(${sql.lit(VACUUM_PAGES)})`.execute(db);
  return gone;
}

async function pruneDeliveries(db: Database, before: number): Promise<number> {
  const old = db
    .selectFrom('deliveries')
    .select('key')
    .where('received_at', '<', before)
    .orderBy('key')
    .limit(BATCH);
  return deleted(await db.deleteFrom('deliveries').where('key', 'in', old).executeTakeFirst());
}

/** An event goes with its last delivery. */
async function pruneEvents(db: Database, before: number): Promise<number> {
  const rows = await db
    .selectFrom('events')
    .select('key')
    .where('received_at', '<', before)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('deliveries').select('key').whereRef('deliveries.event_key', '=', 'events.key'))),
    )
    .orderBy('key')
    .limit(BATCH)
    .execute();
  const keys = rows.map(({ key }) => key);
  if (keys.length === 0) return 0;
  await db.deleteFrom('identifiers').where('event_key', 'in', keys).execute();
  return deleted(await db.deleteFrom('events').where('key', 'in', keys).executeTakeFirst());
}

async function pruneCalls(db: Database, before: number): Promise<number> {
  const old = db.selectFrom('api_calls').select('call_id').where('at', '<', before).limit(BATCH);
  return deleted(await db.deleteFrom('api_calls').where('call_id', 'in', old).executeTakeFirst());
}

async function pruneReports(db: Database, before: number): Promise<number> {
  const old = db
    .selectFrom('reports')
    .select('id')
    .where('checked_at', '<', before)
    .where(({ eb, selectFrom }) =>
      eb(
        'checked_at',
        '<',
        selectFrom('reports as newer')
          .select(({ fn }) => fn.max('newer.checked_at').as('at'))
          .whereRef('newer.environment', '=', 'reports.environment'),
      ),
    )
    .limit(BATCH);
  return deleted(await db.deleteFrom('reports').where('id', 'in', old).executeTakeFirst());
}

async function pruneSnapshots(db: Database, before: number): Promise<number> {
  const old = db
    .selectFrom('snapshot_readings')
    .select('id')
    .where('taken_at', '<', before)
    .where(({ eb, selectFrom }) =>
      eb(
        'taken_at',
        '<',
        selectFrom('snapshot_readings as newer')
          .select(({ fn }) => fn.max('newer.taken_at').as('at'))
          .whereRef('newer.environment', '=', 'snapshot_readings.environment'),
      ),
    )
    .limit(BATCH);
  const readings = deleted(
    await db.deleteFrom('snapshot_readings').where('id', 'in', old).executeTakeFirst(),
  );
  if (readings > 0)
    await sql`delete from snapshots where hash not in (select hash from snapshot_readings)
      and hash not in (select snapshot from reports where snapshot is not null)`.execute(db);
  return readings;
}

const deleted = (result: { numDeletedRows: bigint }): number => Number(result.numDeletedRows);
