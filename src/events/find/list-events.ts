import type { Database } from '../../store/database.ts';
import type { LoggedDelivery } from '../../store/deliveries.ts';
import {
  type Cursor,
  countListed,
  type EventFilter,
  listEvents,
  listFailedOutcomes,
  listRefused,
  newestOutcome,
} from '../../store/events.ts';
import {
  type EventWithDeliveries,
  type FoundEvent,
  type FoundOutcome,
  withDeliveries,
} from '../../store/find.ts';
import { eventOfOutcome } from '../../store/find-outcomes.ts';
import { isAhead } from '../../time/age.ts';

/** A query for a page of events. */
export interface ListQuery extends Omit<EventFilter, 'after' | 'now'> {
  /** Only failures: refused deliveries and failed outcomes. */
  failed: boolean;
  /** `next` of the previous page; null for the first page. */
  after: string | null;
}

/** One entry of the list. */
export interface ListedEvent {
  /** Time of arrival, or of the failure, epoch ms UTC. */
  at: number;
  /** True when `at` is ahead of now. */
  ahead: boolean;
  /** null for a refused delivery, or when the event of an outcome never arrived here. */
  event: EventWithDeliveries | null;
  refused: LoggedDelivery | null;
  /** The newest outcome reported by the integration; null when there is none. */
  outcome: FoundOutcome | null;
}

export interface EventPage {
  entries: ListedEvent[];
  /** Number of entries on all pages. */
  total: number;
  /** Number of entries on later pages. */
  older: number;
  /** For the next page; null on the last one. */
  next: string | null;
}

/** One page of an environment's events, newest first; those dated ahead of `now` (epoch ms) come last. */
export async function listEventPage(db: Database, query: ListQuery, now: number): Promise<EventPage> {
  // One extra row shows whether there is a next page.
  const filter = { ...query, now, after: parseCursor(query.after), limit: query.limit + 1 };
  const all = query.failed ? await failures(db, filter) : await received(db, filter);
  const shown = all.slice(0, query.limit);
  const last = all.length > query.limit ? shown.at(-1) : undefined;
  const older = last ? await count(db, filter, { at: last.at, key: last.key }) : 0;
  return {
    entries: (await completed(db, shown)).map((entry) => ({ ...entry, ahead: isAhead(entry.at, now) })),
    total: filter.after === null ? shown.length + older : await count(db, filter, null),
    older,
    next: last ? `${last.at}.${last.key}` : null,
  };
}

async function count(
  db: Database,
  { failed, ...query }: EventFilter & Pick<ListQuery, 'failed'>,
  after: Cursor | null,
): Promise<number> {
  const of = (list: Parameters<typeof countListed>[1]) => countListed(db, list, { ...query, after });
  if (!failed) return of('events');
  return (await of('refused')) + (await of('failed'));
}

/** A row of the page. The rest of it is read only when it is shown. */
interface Row {
  at: number;
  key: number | string;
  event: FoundEvent | null;
  refused: LoggedDelivery | null;
  /** A failed outcome, whose event is still to be read. */
  outcome: FoundOutcome | null;
}

const NOTHING = { event: null, refused: null, outcome: null };

const received = async (db: Database, filter: EventFilter): Promise<Row[]> =>
  (await listEvents(db, filter)).map((event) => ({
    ...NOTHING,
    at: event.received_at,
    key: event.key,
    event,
  }));

async function failures(db: Database, filter: EventFilter): Promise<Row[]> {
  // The activity of most refused deliveries is unknown, so a filter by activity excludes them.
  const refused = await listRefused(db, filter);
  const outcomes = await listFailedOutcomes(db, filter);
  return [
    ...refused.map((each): Row => ({ ...NOTHING, at: each.received_at, key: each.id, refused: each })),
    ...outcomes.map((outcome): Row => ({ ...NOTHING, at: outcome.at, key: outcome.id, outcome })),
  ].sort(
    (left, right) =>
      Number(isAhead(left.at, filter.now)) - Number(isAhead(right.at, filter.now)) ||
      right.at - left.at ||
      (left.key < right.key ? 1 : -1),
  );
}

async function completed(db: Database, rows: readonly Row[]): Promise<Omit<ListedEvent, 'ahead'>[]> {
  const parts = await Promise.all(
    rows.map(async ({ key: _, event, outcome, ...row }) => ({
      ...row,
      event: outcome ? await eventOfOutcome(db, outcome) : event,
      outcome: event ? await newestOutcome(db, event) : outcome,
    })),
  );
  const events = new Map(parts.flatMap(({ event }) => (event ? [[event.key, event]] : [])));
  const complete = await withDeliveries(db, [...events.values()]);
  const byKey = new Map(complete.map((event) => [event.key, event]));
  return parts.map(({ event, ...part }) => ({ ...part, event: event && (byKey.get(event.key) ?? null) }));
}

/** The form of `next`. */
export const CURSOR_PATTERN = /^(\d{1,15})\.((?:dlv|out)_\w{26}|\d{1,15})$/;

function parseCursor(text: string | null): Cursor | null {
  if (text === null) return null;
  const [, at, key] = CURSOR_PATTERN.exec(text) ?? [];
  // Returning the first page for an invalid cursor would look like an answer.
  if (at === undefined || key === undefined) throw new RangeError(`not the end of a page: ${text}`);
  return { at: Number(at), key: /^\d+$/.test(key) ? Number(key) : key };
}
