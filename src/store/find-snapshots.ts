import { sql } from 'kysely';
import type { Database } from './database.ts';

/** First and last reading of a snapshot in an environment, epoch ms. */
export interface Reading {
  environment: string;
  hash: string;
  first: number;
  last: number;
  times: number;
}

/** Readings of a snapshot, by environment; `environment` null: of every one. */
export const readingsOf = (db: Database, hash: string, environment: string | null): Promise<Reading[]> => {
  const readings = db
    .selectFrom('snapshot_readings')
    .select(({ fn }) => [
      'environment',
      'hash',
      fn.min('taken_at').as('first'),
      fn.max('taken_at').as('last'),
      fn.countAll<number>().as('times'),
    ])
    .where('hash', '=', hash)
    .groupBy(['environment', 'hash']);
  return (environment === null ? readings : readings.where('environment', '=', environment)).execute();
};

export interface SnapshotAtEvent {
  environment: string;
  hash: string;
  /** Epoch ms. */
  at: number;
  /** When the newest event under it was received, epoch ms. */
  receivedAt: number;
}

/** The reading in force when the newest of these events was received, by environment. */
export async function snapshotsAtEvents(db: Database, eventKeys: number[]): Promise<SnapshotAtEvent[]> {
  if (eventKeys.length === 0) return [];
  const { rows } = await sql<SnapshotAtEvent>`
    select reading.environment, reading.hash, reading.taken_at as at, event.newest as "receivedAt"
    from (select newest, (select id from snapshot_readings where environment = newest_of.environment
        and taken_at <= newest_of.newest order by taken_at desc limit 1) as reading_id
      from (select environment, max(received_at) as newest from events
        where key in (${sql.join(eventKeys)}) group by environment) as newest_of) as event
    join snapshot_readings as reading on reading.id = event.reading_id`.execute(db);
  return rows;
}
