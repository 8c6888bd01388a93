import { sql } from 'kysely';
import type { Database } from './database.ts';
import { countOf, eventKeysOf, type FoundEvent, hasNoDelivery, type Search } from './find.ts';

/** Number of all events of a search. */
export async function countEventsOf(db: Database, search: Search): Promise<number> {
  const keys = eventKeysOf(search);
  return keys === null ? 0 : countOf(db, keys);
}

/** Events that name an id are counted up to this number. */
const MAX_NAMING = 10_000;

/** Number of further events that name the ids of a search, or share them as a template or a counterparty, counted up to 10,000. */
export async function countNaming(
  db: Database,
  { matches, environment }: Search,
  shown: readonly Pick<FoundEvent, 'key'>[],
): Promise<number> {
  const values = [
    ...new Set(matches.filter(({ kind }) => !hasNoDelivery.has(kind)).map(({ value }) => value)),
  ];
  if (values.length === 0) return 0;
  const kinds = matches.map(({ kind }) => kind);
  const keys = shown.map(({ key }) => key);
  const within =
    environment === null
      ? sql``
      : sql`and exists (select 1 from events
    where events.key = event_key and events.environment = ${environment})`;
  return countOf(
    db,
    sql`select distinct event_key from identifiers where value in (${sql.join(values)})
      and (kind in ('counterparty', 'entity', 'template') or kind >= 'named ' and kind < 'named!')
      and kind not in (${sql.join(kinds)}) ${keys.length === 0 ? sql`` : sql`and event_key not in (${sql.join(keys)})`}
      ${within} limit ${MAX_NAMING}`,
  );
}
