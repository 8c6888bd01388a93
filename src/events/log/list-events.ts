import type { Database } from '../../store/database.ts';
import type { LoggedDelivery } from '../../store/deliveries.ts';
import {
  type Cursor,
  type EventFilter,
  listEvents,
  listFailedOutcomes,
  listRefused,
} from '../../store/events.ts';
import { deliveriesOf, eventOfOutcome, type FoundOutcome, outcomesOfEvents } from '../../store/find.ts';
import type { EventWithDeliveries } from './timeline.ts';

/** What is asked for; the store's filter and the two things that the store does not know. */
export interface ListQuery extends Omit<EventFilter, 'after'> {
  /** Only what went wrong: refused deliveries, and events that the integration failed to process. */
  failed: boolean;
  /** What the page before gave as `next`; null: the first page. */
  after: string | null;
}

/** One line of the list. */
export interface ListedEvent {
  /** Epoch ms UTC: when it arrived; of a failure, when it failed. */
  at: number;
  /** Null: a refused delivery announces none, or the integration spoke of one that never arrived here. */
  event: EventWithDeliveries | null;
  refused: LoggedDelivery | null;
  /** What the integration reported last; null: nothing. */
  outcome: FoundOutcome | null;
}

export interface EventPage {
  entries: ListedEvent[];
  /** For the next page; null on the last one. */
  next: string | null;
}

/** The events of an environment, the newest first. */
export async function listEventPage(db: Database, query: ListQuery): Promise<EventPage> {
  // One more than asked for tells whether there is a next page.
  const filter = { ...query, after: parseCursor(query.after), limit: query.limit + 1 };
  const all = query.failed ? await failures(db, filter) : await received(db, filter);
  const shown = all.slice(0, query.limit);
  const last = all.length > query.limit ? shown.at(-1) : undefined;
  return {
    entries: shown.map(({ entry }) => entry),
    next: last ? `${last.entry.at}.${last.key}` : null,
  };
}

interface Keyed {
  entry: ListedEvent;
  key: number | string;
}

async function received(db: Database, filter: EventFilter): Promise<Keyed[]> {
  const events = await listEvents(db, filter);
  const complete = await withDeliveries(db, events);
  const outcomes = await Promise.all(events.map((event) => outcomesOfEvents(db, [event])));
  return complete.map((event, index) => ({
    key: event.key,
    entry: { at: event.received_at, event, refused: null, outcome: newest(outcomes[index] ?? []) },
  }));
}

async function failures(db: Database, filter: EventFilter): Promise<Keyed[]> {
  // What a refused delivery announced is not known, so no activity can be asked for.
  const refused = filter.activity === null ? await listRefused(db, filter) : [];
  const outcomes = await listFailedOutcomes(db, filter);
  const ofOutcomes = await Promise.all(
    outcomes.map(async (outcome): Promise<Keyed> => {
      const event = await eventOfOutcome(db, outcome);
      const [complete = null] = event ? await withDeliveries(db, [event]) : [];
      return { key: outcome.id, entry: { at: outcome.at, event: complete, refused: null, outcome } };
    }),
  );
  const ofRefused = refused.map(
    (delivery): Keyed => ({
      key: delivery.id,
      entry: { at: delivery.received_at, event: null, refused: delivery, outcome: null },
    }),
  );
  return [...ofRefused, ...ofOutcomes].sort(
    (left, right) => right.entry.at - left.entry.at || (left.key < right.key ? 1 : -1),
  );
}

async function withDeliveries<T extends { key: number }>(
  db: Database,
  events: T[],
): Promise<(T & { deliveries: LoggedDelivery[] })[]> {
  const deliveries = await deliveriesOf(
    db,
    events.map(({ key }) => key),
  );
  const ofEvent = Map.groupBy(deliveries, ({ event_key }) => event_key);
  return events.map((event) => ({ ...event, deliveries: ofEvent.get(event.key) ?? [] }));
}

const newest = (outcomes: FoundOutcome[]): FoundOutcome | null =>
  outcomes.toSorted((left, right) => right.at - left.at)[0] ?? null;

/** The form of `next`. */
export const CURSOR_PATTERN = /^(\d{1,15})\.((?:dlv|out)_\w{26}|\d{1,15})$/;

function parseCursor(text: string | null): Cursor | null {
  if (text === null) return null;
  const [, at, key] = CURSOR_PATTERN.exec(text) ?? [];
  // The first page in the place of a later one would look like an answer.
  if (at === undefined || key === undefined) throw new RangeError(`not the end of a page: ${text}`);
  return { at: Number(at), key: /^\d+$/.test(key) ? Number(key) : key };
}
