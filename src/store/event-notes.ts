import { sql } from 'kysely';
import { derivedId } from '../text/ids.ts';
import type { Database } from './database.ts';

/** The facts about an event that a responder needs besides its row. */
export interface EventNotes {
  /** Why its payload could not be read; null when it was. */
  unread: string | null;
  /** Ids that the sender gave to this event and to others with another body, of which at most 10 are read. */
  sharedIds: { value: string; events: string[] }[];
}

/** Other events of one id that are read: a header that never changes gives all events one id. */
export const MAX_SHARED = 10;

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
  const { rows } = await sql<{
    key: number;
    id: string;
    environment: string;
    value: string;
    others: string;
  }>`
    select mine.event_key as key, events.id as id, events.environment as environment, mine.value as value,
      (select json_group_array(json_array(other, isOther)) from (select others.id as other,
          others.contract_id <> events.contract_id or others.activity <> events.activity
            or others.occurred_at <> events.occurred_at as isOther
        from identifiers as theirs join events as others on others.key = theirs.event_key
        where theirs.value = mine.value and theirs.kind = 'event' and theirs.event_key <> mine.event_key
          and others.environment = events.environment
        order by theirs.event_key limit ${MAX_SHARED})) as others
    from identifiers as mine join events on events.key = mine.event_key
    where mine.kind = 'event' and mine.event_key in (${sql.join(keys)})
    order by mine.event_key, mine.value`.execute(db);
  for (const { key, id, environment, value, others } of rows) {
    // An event with the id that the sender's id alone makes may have the same body: earlier versions made such, and signed fields do.
    const byId = derivedId('evt', environment, 'id', value);
    const all: [other: string, isOther: 0 | 1 | null][] = JSON.parse(others);
    const events = all.flatMap(([other, isOther]) =>
      isOther === 1 || (other !== byId && id !== byId) ? [other] : [],
    );
    if (events.length > 0) noteOf(key).sharedIds.push({ value, events });
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

/** The ids in refused deliveries, by the key of the delivery. */
export async function refusedIds(
  db: Database,
  deliveries: readonly number[],
): Promise<Map<number, { kind: string; value: string }[]>> {
  if (deliveries.length === 0) return new Map();
  const rows = await db
    .selectFrom('refused_ids')
    .selectAll()
    .where('delivery_key', 'in', deliveries)
    .orderBy('kind')
    .orderBy('value')
    .execute();
  const ofDelivery = Map.groupBy(rows, ({ delivery_key: key }) => key);
  return new Map([...ofDelivery].map(([key, own]) => [key, own.map(({ kind, value }) => ({ kind, value }))]));
}
