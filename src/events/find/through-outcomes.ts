import type { Database } from '../../store/database.ts';
import type { Search } from '../../store/find.ts';
import { eventsOfOutcome } from '../../store/find-outcomes.ts';
import type { Match } from '../../store/matches.ts';
import { eventOf } from './answer-outcomes.ts';
import { namesOfEvents } from './event-names.ts';
import type { Gathered } from './result.ts';

/** Outcomes whose events are looked up. */
const MAX_LOOKED_UP = 20;

/** The search for the events, too, that its outcomes name; null when the rows have them, or the log does not. */
export async function searchThroughOutcomes(
  db: Database,
  search: Search,
  { rows: { events, outcomes }, identifiers }: Gathered,
): Promise<Search | null> {
  const names = namesOfEvents(events, identifiers);
  const senderIds = new Map<string, string>();
  const isRead = (id: string | null) =>
    identifiers.some(({ kind, value }) => kind === 'event' && value === id);
  /** Others came with an event, which may be of several contracts. */
  const isAsked = ({ id, own_id, request_id, event_id, contract_id }: (typeof outcomes)[number]) =>
    search.matches.some(({ kind, value }) =>
      kind === 'contract'
        ? event_id !== null && value === String(contract_id)
        : [id, own_id, request_id].includes(value),
    );
  const loose = outcomes.filter(
    (outcome) =>
      isAsked(outcome) && !isRead(outcome.event_id) && !eventOf(outcome, { events, senderIds, names }),
  );
  const added: Match[] = [];
  for (const outcome of loose.slice(0, MAX_LOOKED_UP)) {
    const [event] = await eventsOfOutcome(db, outcome);
    if (event) added.push({ kind: 'event', value: outcome.event_id ?? event.id });
  }
  return added.length === 0 ? null : { ...search, matches: [...search.matches, ...added] };
}
