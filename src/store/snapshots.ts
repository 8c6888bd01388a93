import type { Database } from './database.ts';
import { pack, unpack } from './packed-json.ts';
import { inTransaction } from './transaction.ts';

/**
 * A configuration as it was read at `takenAt` (epoch ms UTC). The store does not read `content`: callers name its type.
 * Equal contents have equal hashes and are stored once.
 */
export interface StoredSnapshot<Content> {
  hash: string;
  content: Content;
  takenAt: number;
}

/** Records that an environment looked like this at that time. */
export async function saveSnapshot(
  db: Database,
  environment: string,
  takenAt: number,
  { hash, content }: { hash: string; content: object },
): Promise<void> {
  await inTransaction(db, async (transaction) => {
    const known = await transaction
      .selectFrom('snapshots')
      .select('hash')
      .where('hash', '=', hash)
      .executeTakeFirst();
    // Usually the content is known; deflating ten thousand fields for nothing would block the process.
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

/** The newest reading, of a check or of everything; null when the environment was never read. */
export async function newestSnapshot<Content>(
  db: Database,
  environment: string,
): Promise<StoredSnapshot<Content> | null> {
  const row = await db
    .selectFrom('snapshot_readings')
    .innerJoin('snapshots', 'snapshots.hash', 'snapshot_readings.hash')
    .select(['snapshots.hash', 'snapshots.content', 'snapshot_readings.taken_at'])
    .where('snapshot_readings.id', '=', (query) =>
      query
        .selectFrom('snapshot_readings')
        .select(({ fn }) => fn.max('id').as('id'))
        .where('environment', '=', environment),
    )
    .executeTakeFirst();
  return row ? { hash: row.hash, content: unpack(row.content) as Content, takenAt: row.taken_at } : null;
}

/** Every reading of an environment in the order in which they were made, whatever the clock was then. */
export async function snapshotReadings(
  db: Database,
  environment: string,
): Promise<{ takenAt: number; hash: string }[]> {
  return db
    .selectFrom('snapshot_readings')
    .select(['taken_at as takenAt', 'hash'])
    .where('environment', '=', environment)
    .orderBy('id')
    .execute();
}

/** null when the content is not, or no longer, kept. */
export async function findSnapshotContent<Content>(db: Database, hash: string): Promise<Content | null> {
  const row = await db.selectFrom('snapshots').select('content').where('hash', '=', hash).executeTakeFirst();
  return row ? (unpack(row.content) as Content) : null;
}

/** The content of a hash that a row names. Throws when it is not kept. */
export async function snapshotContent<Content>(db: Database, hash: string): Promise<Content> {
  const content = await findSnapshotContent<Content>(db, hash);
  if (!content) throw new Error(`snapshot ${hash} is not kept`);
  return content;
}

/** Every distinct content read up to `until` (epoch ms), with its last reading, newest first. */
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

/** The newest reading of everything; null when there is none. A check reads only what the requirements name. */
export async function newestCompleteSnapshot<Content extends { scope?: 'complete' }>(
  db: Database,
  environment: string,
): Promise<StoredSnapshot<Content> | null> {
  for (const { hash, takenAt } of await snapshotsUntil(db, environment, Number.MAX_SAFE_INTEGER)) {
    const content = await snapshotContent<Content>(db, hash);
    if (content.scope === 'complete') return { hash, takenAt, content };
  }
  return null;
}
