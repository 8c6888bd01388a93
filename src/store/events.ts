import { sql } from 'kysely';
import type { Database } from './database.ts';
import type { FoundEvent } from './find.ts';

export interface EventFilter {
  environment: string;
  /** Received at or after this, epoch ms; null: from the beginning of the log. */
  since: number | null;
  activity: string | null;
  limit: number;
  /** Where the page before ended; null: the first page. */
  after: number | null;
}

/** Newest first. `next`: what to give as `after` for the next page; null on the last one. */
export async function listEvents(
  db: Database,
  { environment, since, activity, limit, after }: EventFilter,
): Promise<{ events: FoundEvent[]; next: number | null }> {
  let query = db.selectFrom('events').selectAll().where('environment', '=', environment);
  if (since !== null) query = query.where('received_at', '>=', since);
  if (activity !== null) query = query.where('activity', '=', activity);
  // In the order of the indexes, which are by time: in any other all events of the environment would be sorted first.
  if (after !== null)
    query = query.where(
      sql<boolean>`(received_at, key) < (select received_at, key from events where key = ${after})`,
    );
  // One more than asked for tells whether there is a next page.
  const rows = await query
    .orderBy('received_at', 'desc')
    .orderBy('key', 'desc')
    .limit(limit + 1)
    .execute();
  const events = rows.slice(0, limit);
  return { events, next: rows.length > limit ? (events.at(-1)?.key ?? null) : null };
}

/** When this environment's newest event of an activity (null: of any) was received, epoch ms; null: never. */
export async function newestEventAt(
  db: Database,
  environment: string,
  activity: string | null,
): Promise<number | null> {
  let query = db.selectFrom('events').select('received_at').where('environment', '=', environment);
  if (activity !== null) query = query.where('activity', '=', activity);
  const row = await query.orderBy('received_at', 'desc').limit(1).executeTakeFirst();
  return row?.received_at ?? null;
}
