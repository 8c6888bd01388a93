import type { Snapshot, SnapshotContent } from '../workspace/snapshot.ts';
import type { Database } from './database.ts';
import { pack, unpack } from './packed-json.ts';
import type { Transaction } from './transaction.ts';

/** Notes that an environment looked like this at that time. Content that is there already is not stored again. */
export async function saveSnapshot(
  db: Database,
  environment: string,
  takenAt: number,
  { hash, content }: Snapshot,
): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    const known = await transaction
      .selectFrom('snapshots')
      .select('hash')
      .where('hash', '=', hash)
      .executeTakeFirst();
    // Most of the time it is: to deflate ten thousand fields for nothing would hold up everything else.
    if (!known)
      await transaction
        .insertInto('snapshots')
        .values({ hash, content: pack(content) })
        .onConflict((conflict) => conflict.column('hash').doNothing())
        .execute();
    await transaction
      .insertInto('snapshot_readings')
      .values({ environment, taken_at: takenAt, hash })
      .execute();
  });
}

export interface StoredSnapshot extends Snapshot {
  takenAt: number;
}

/** The newest reading, of a check or of everything; null: the environment was never read. */
export async function newestSnapshot(db: Database, environment: string): Promise<StoredSnapshot | null> {
  const row = await db
    .selectFrom('snapshot_readings')
    .innerJoin('snapshots', 'snapshots.hash', 'snapshot_readings.hash')
    .select(['snapshots.hash', 'snapshots.content', 'snapshot_readings.taken_at'])
    .where('environment', '=', environment)
    .orderBy('taken_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row
    ? { hash: row.hash, content: unpack(row.content) as SnapshotContent, takenAt: row.taken_at }
    : null;
}

/** When the environment looked like what, oldest first. */
export async function snapshotReadings(
  db: Database,
  environment: string,
): Promise<{ takenAt: number; hash: string }[]> {
  return db
    .selectFrom('snapshot_readings')
    .select(['taken_at as takenAt', 'hash'])
    .where('environment', '=', environment)
    .orderBy('taken_at')
    .orderBy('id')
    .execute();
}

/** Null: it is not kept, or not any more. */
export async function findSnapshotContent(
  db: Database | Transaction,
  hash: string,
): Promise<SnapshotContent | null> {
  const row = await db.selectFrom('snapshots').select('content').where('hash', '=', hash).executeTakeFirst();
  return row ? (unpack(row.content) as SnapshotContent) : null;
}

/** Of a hash that a row names. Throws where it is not kept. */
export async function snapshotContent(db: Database | Transaction, hash: string): Promise<SnapshotContent> {
  const content = await findSnapshotContent(db, hash);
  if (!content) throw new Error(`snapshot ${hash} is not kept`);
  return content;
}

/** What an environment looked like up to a time, each content once with its last reading, the newest first. */
export async function snapshotsUntil(
  db: Database,
  environment: string,
  until: number,
): Promise<{ hash: string; takenAt: number }[]> {
  return db
    .selectFrom('snapshot_readings')
    .select(({ fn }) => ['hash', fn.max('taken_at').as('takenAt')])
    .where('environment', '=', environment)
    .where('taken_at', '<=', until)
    .groupBy('hash')
    .orderBy('takenAt', 'desc')
    .execute();
}

/** The newest reading of everything; null: there was none. Those of checks hold only what the requirements name. */
export async function newestCompleteSnapshot(
  db: Database,
  environment: string,
): Promise<StoredSnapshot | null> {
  for (const { hash, takenAt } of await snapshotsUntil(db, environment, Number.MAX_SAFE_INTEGER)) {
    const content = await snapshotContent(db, hash);
    if (content.scope === 'complete') return { hash, takenAt, content };
  }
  return null;
}
