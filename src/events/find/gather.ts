import { actById } from '../../store/audit.ts';
import type { Database } from '../../store/database.ts';
import { driftAt } from '../../store/differences.ts';
import {
  countDeliveriesOf,
  eventsOf,
  identifiersOf,
  type OwnContract,
  refusedDeliveries,
  type Search,
  withDeliveries,
} from '../../store/find.ts';
import { callsOf, ownReadsOf, ownRecordsOf } from '../../store/find-calls.ts';
import { outcomesOf } from '../../store/find-outcomes.ts';
import { readingsOf, type SnapshotAtEvent, snapshotsAtEvents } from '../../store/find-snapshots.ts';
import type { Match } from '../../store/matches.ts';
import { reportById } from '../../store/reports.ts';
import { type NamesOfEvents, namesOf, namesOfEvents } from './event-names.ts';
import { isOnlyNamed } from './mentions.ts';
import type { FindOptions, Gathered } from './result.ts';
import type { FoundRows } from './timeline.ts';

/** Reads everything that a search leads to, each kind within its limit. Throws the database's errors. */
export async function gather(db: Database, search: Search, pairs: FindOptions['pairs']): Promise<Gathered> {
  const found = await eventsOf(db, search);
  const events = await withDeliveries(db, found.rows);
  const isComplete = found.total === events.length;
  const deliveries = isComplete
    ? events.reduce((sum, { deliveryCount }) => sum + deliveryCount, 0)
    : await countDeliveriesOf(db, search);
  const refused = await refusedDeliveries(db, search);
  const moments = events.flatMap(({ environment, deliveries: all }) =>
    [all[0], all.length > 1 ? all.at(-1) : undefined].flatMap((delivery) =>
      delivery ? [{ environment, at: delivery.received_at }] : [],
    ),
  );
  const keys = events.map(({ key }) => key);
  const identifiers = await identifiersOf(db, keys);
  const names = namesOfEvents(events, identifiers);
  const contracts = [...new Set(events.flatMap((event) => namesOf(event, names).contracts))];
  const records = await ownRecordsOf(db, keys);
  const owners = search.matches.every(isRecord) ? contractsIn(events, names) : [];
  const calls = await callsOf(db, search, moments, { contracts, records, owners });
  // Nearly every event may name a type or a workflow, and none of them is about it.
  const outcomes = isOnlyNamed(search.matches)
    ? { rows: [], total: 0 }
    : await outcomesOf(db, search, owners);
  const rows: FoundRows = {
    events,
    refused: refused.rows,
    calls: calls.rows,
    records,
    reads: await ownReadsOf(db, search),
    outcomes: outcomes.rows,
    snapshots: await withDrift(db, await snapshotsAtEvents(db, keys), pairs),
    ...(await recordsOf(db, search)),
  };
  const shown = events.reduce((sum, event) => sum + event.deliveries.length, 0);
  const left = {
    events: found.total - events.length,
    deliveries: deliveries - shown,
    refused: refused.total - refused.rows.length,
    calls: calls.total - calls.rows.length,
    outcomes: outcomes.total - outcomes.rows.length,
  };
  return {
    rows,
    identifiers,
    counts: {
      events: found.total,
      deliveries,
      refused: refused.total,
      calls: calls.total,
      outcomes: outcomes.total,
    },
    leftOut: Object.fromEntries(Object.entries(left).filter(([, count]) => count > 0)),
  };
}

const isRecord = ({ kind }: Match): boolean => kind === 'external' || kind === 'reference';

/** Contracts of a record whose other outcomes and calls are read. Each costs two queries. */
const MAX_OWNERS = 50;

/** The contracts of these events, each with its environment. */
function contractsIn(events: FoundRows['events'], names: NamesOfEvents): OwnContract[] {
  const all = events.flatMap((event) =>
    namesOf(event, names).exact.map((contract): [string, OwnContract] => [
      `${event.environment} ${contract}`,
      { environment: event.environment, contract },
    ]),
  );
  return [...new Map(all).values()].slice(0, MAX_OWNERS);
}

/** Snapshots, reports and acts whose own id was asked for. */
async function recordsOf(
  db: Database,
  { matches, environment }: Search,
): Promise<Pick<FoundRows, 'readings' | 'reports' | 'acts'>> {
  const valuesOf = (kind: Match['kind']): string[] =>
    matches.filter((match) => match.kind === kind).map(({ value }) => value);
  const readings = await Promise.all(valuesOf('snapshot').map((hash) => readingsOf(db, hash, environment)));
  const reports = await Promise.all(valuesOf('report').map((id) => reportById(db, id)));
  const acts = await Promise.all(valuesOf('act').map((id) => actById(db, id)));
  return {
    readings: readings.flat(),
    reports: reports.filter((report) => report !== null),
    acts: acts.filter((act) => act !== undefined),
  };
}

/** Readings with the differences to other environments known when the event came. */
const withDrift = (
  db: Database,
  readings: SnapshotAtEvent[],
  pairs: FindOptions['pairs'],
): Promise<FoundRows['snapshots']> =>
  Promise.all(
    readings.map(async (reading) => ({
      ...reading,
      drift: await Promise.all(
        pairs
          .filter(([, right]) => right === reading.environment)
          .map(async ([left, right]) => ({
            left,
            known: await driftAt(db, { left, right }, reading.receivedAt),
          })),
      ),
    })),
  );
