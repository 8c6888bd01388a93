import { sql } from 'kysely';
import type { Database } from './database.ts';

/** What a responder has to know about an event besides its row. */
export interface EventNotes {
  /** Why its payload could not be read; null when it was. */
  unread: string | null;
  /** Ids that the sender gave to this event and to others with another body. */
  sharedIds: { value: string; events: string[] }[];
}

/** Notes by the key of the event. Events without any have no entry. */
export async function eventNotes(db: Database, keys: readonly number[]): Promise<Map<number, EventNotes>> {
  const notes = new Map<number, EventNotes>();
  if (keys.length === 0) return notes;
  const noteOf = (key: number): EventNotes => {
    const note = notes.get(key) ?? { unread: null, sharedIds: [] };
    notes.set(key, note);
    return note;
  };
  const unread = await db.selectFrom('unread_events').selectAll().where('event_key', 'in', keys).execute();
  for (const { event_key: key, reason } of unread) noteOf(key).unread = reason;
  const { rows } = await sql<{ key: number; value: string; other: string }>`
    select mine.event_key as key, mine.value as value, others.id as other
    from identifiers as mine
    join events on events.key = mine.event_key
    join identifiers as theirs on theirs.value = mine.value and theirs.kind = 'event' and theirs.event_key <> mine.event_key
    join events as others on others.key = theirs.event_key and others.environment = events.environment
    where mine.kind = 'event' and mine.event_key in (${sql.join(keys)})
    order by mine.event_key, mine.value, others.key`.execute(db);
  for (const { key, value, other } of rows) {
    const { sharedIds } = noteOf(key);
    const shared = sharedIds.find((each) => each.value === value);
    if (shared) shared.events.push(other);
    else sharedIds.push({ value, events: [other] });
  }
  return notes;
}

export const noNotes: EventNotes = { unread: null, sharedIds: [] };

/** Counting further would take longer than the rest of an answer. */
const MAX_COUNTED = 5_000;

export interface UnreadDeliveries {
  /** Verified deliveries whose payload could not be read, up to 5,000. */
  count: number;
  /** Id of the newest event among them and its time of arrival, epoch ms; null when there is none. */
  newest: { id: string; at: number } | null;
}

/** Verified deliveries of an environment since `since` (epoch ms) whose payload could not be read. */
export async function unreadSince(
  db: Database,
  environment: string,
  since: number,
): Promise<UnreadDeliveries> {
  const unread = db
    .selectFrom('unread_events')
    .where('unread_events.environment', '=', environment)
    .where('unread_events.received_at', '>=', since);
  const newest = await unread
    .innerJoin('events', 'events.key', 'unread_events.event_key')
    .select(['events.id', 'unread_events.received_at as at'])
    .orderBy('unread_events.received_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!newest) return { count: 0, newest: null };
  const counted = unread
    .innerJoin('deliveries', 'deliveries.event_key', 'unread_events.event_key')
    .select('deliveries.key')
    .limit(MAX_COUNTED);
  const { count } = await db
    .selectFrom(counted.as('counted'))
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return { count, newest };
}
