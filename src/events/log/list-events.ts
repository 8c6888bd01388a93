import type { Database } from '../../store/database.ts';
import type { LoggedDelivery } from '../../store/deliveries.ts';
import {
  type Cursor,
  type EventFilter,
  listEvents,
  listFailedOutcomes,
  listRefused,
} from '../../store/events.ts';
import { type EventWithDeliveries, type FoundOutcome, withDeliveries } from '../../store/find.ts';
import { eventOfOutcome, outcomesOfEvents } from '../../store/find-outcomes.ts';

/** A query for a page of events. */
export interface ListQuery extends Omit<EventFilter, 'after'> {
  /** Only failures: refused deliveries and failed outcomes. */
  failed: boolean;
  /** `next` of the previous page; null for the first page. */
  after: string | null;
}

/** One entry of the list. */
export interface ListedEvent {
  /** Time of arrival, or of the failure, epoch ms UTC. */
  at: number;
  /** null for a refused delivery, or when the event of an outcome never arrived here. */
  event: EventWithDeliveries | null;
  refused: LoggedDelivery | null;
  /** The newest outcome reported by the integration; null when there is none. */
  outcome: FoundOutcome | null;
}

export interface EventPage {
  entries: ListedEvent[];
  /** For the next page; null on the last one. */
  next: string | null;
}

/** One page of an environment's events, newest first. */
export async function listEventPage(db: Database, query: ListQuery): Promise<EventPage> {
  // One extra row shows whether there is a next page.
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
  // The activity of a refused delivery is unknown, so a filter by activity excludes it.
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

const newest = (outcomes: FoundOutcome[]): FoundOutcome | null =>
  outcomes.toSorted((left, right) => right.at - left.at)[0] ?? null;

/** The form of `next`. */
export const CURSOR_PATTERN = /^(\d{1,15})\.((?:dlv|out)_\w{26}|\d{1,15})$/;

function parseCursor(text: string | null): Cursor | null {
  if (text === null) return null;
  const [, at, key] = CURSOR_PATTERN.exec(text) ?? [];
  // Returning the first page for an invalid cursor would look like an answer.
  if (at === undefined || key === undefined) throw new RangeError(`not the end of a page: ${text}`);
  return { at: Number(at), key: /^\d+$/.test(key) ? Number(key) : key };
}
