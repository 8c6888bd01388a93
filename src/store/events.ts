import { sql } from 'kysely';
import type { Database } from './database.ts';
import type { LoggedDelivery } from './deliveries.ts';
import type { FoundEvent, FoundOutcome } from './find.ts';

/** The end of a page. Pages are ordered by time and, within a millisecond, by `key`. */
export interface Cursor {
  /** Epoch ms. */
  at: number;
  key: number | string;
}

export interface EventFilter {
  environment: string;
  /** Earliest time of receipt, epoch ms; null: the beginning of the log. */
  since: number | null;
  /** Null: any. */
  activity: string | null;
  limit: number;
  /** Null: the first page. */
  after: Cursor | null;
}

/** Events, newest first. */
export async function listEvents(
  db: Database,
  { environment, since, activity, limit, after }: EventFilter,
): Promise<FoundEvent[]> {
  let query = db.selectFrom('events').selectAll().where('environment', '=', environment);
  if (since !== null) query = query.where('received_at', '>=', since);
  if (activity !== null) query = query.where('activity', '=', activity);
  if (after !== null) query = query.where(behind('received_at', 'key', after));
  return query.orderBy('received_at', 'desc').orderBy('key', 'desc').limit(limit).execute();
}

/** Refused deliveries, newest first. Their activity is unknown. */
export async function listRefused(
  db: Database,
  { environment, since, limit, after }: EventFilter,
): Promise<LoggedDelivery[]> {
  let query = db
    .selectFrom('deliveries')
    .selectAll()
    .where('environment', '=', environment)
    .where('rejection', 'is not', null);
  if (since !== null) query = query.where('received_at', '>=', since);
  if (after !== null) query = query.where(behind('received_at', 'id', after));
  return query.orderBy('received_at', 'desc').orderBy('id', 'desc').limit(limit).execute();
}

/** Outcomes with status `failed`, newest first. */
export async function listFailedOutcomes(
  db: Database,
  { environment, since, activity, limit, after }: EventFilter,
): Promise<FoundOutcome[]> {
  let query = db
    .selectFrom('outcomes')
    .selectAll()
    .where('environment', '=', environment)
    .where('status', '=', 'failed');
  if (since !== null) query = query.where('at', '>=', since);
  if (activity !== null) query = query.where('activity', '=', activity);
  if (after !== null) query = query.where(behind('at', 'id', after));
  return query.orderBy('at', 'desc').orderBy('id', 'desc').limit(limit).execute();
}

/** Follows the order of the indexes, by time: any other order would sort all rows of the environment first. */
const behind = (time: string, key: string, { at, key: last }: Cursor) =>
  sql<boolean>`(${sql.ref(time)}, ${sql.ref(key)}) < (${at}, ${last})`;

/** When the newest event of an activity (null: any) was received, epoch ms; null: never. */
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
