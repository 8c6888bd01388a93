import { guessText, readContractId } from '../../spotdraft/contract-id.ts';
import type { LoggedCall } from '../../store/api-calls.ts';
import { actById } from '../../store/audit.ts';
import type { Database } from '../../store/database.ts';
import { type LoggedDelivery, refusedSince } from '../../store/deliveries.ts';
import { driftAt } from '../../store/differences.ts';
import {
  callsBetween,
  callsOf,
  deliveriesOf,
  eventsOf,
  type FoundOutcome,
  oldestDelivery,
  outcomesOf,
  outcomesOfEvents,
  readingsOf,
  refusedDeliveries,
  type SnapshotAtEvent,
  snapshotsAtEvents,
} from '../../store/find.ts';
import { exactMatches, type Match, prefixMatches } from '../../store/matches.ts';
import { reportById } from '../../store/reports.ts';
import { longSalesforceId, sameRecordId, shortSalesforceId } from '../../text/salesforce-id.ts';
import { explainElsewhere, explainNotFound, explainRefused } from './not-found.ts';
import { buildTimeline, type EventWithDeliveries, type FoundRows, type TimelineEntry } from './timeline.ts';

/** Shortest prefix, characters. A shorter one has too many matches. */
export const MIN_PREFIX = 6;
/** API calls within this time of a delivery are shown with it. */
const AROUND_MS = 60_000;

export interface FindQuery {
  /** An id, or its first six or more characters. */
  id: string;
  /** Only rows of this environment; null for any. */
  environment: string | null;
}

export interface FindResult {
  query: string;
  /** Records with this id or prefix. */
  matches: Match[];
  /** The prefix matches several ids; none is followed. */
  ambiguous: boolean;
  /** True when anything is known, even if only the matching ids. */
  found: boolean;
  events: EventWithDeliveries[];
  calls: LoggedCall[];
  outcomes: FoundOutcome[];
  /** Oldest first. */
  timeline: TimelineEntry[];
  /** Why nothing was found and what to try; null when something was. */
  reason: string | null;
  /** Why the result may be about another contract; null when the id itself is known. */
  guess: string | null;
}

export interface FindOptions {
  /** Length of the log, ms. */
  keepMs: number;
  /** Epoch ms UTC. */
  now: number;
  environments: readonly { name: string; production: boolean }[];
  /** Compared pairs; left is the model. */
  pairs: readonly (readonly [left: string, right: string])[];
}

/**
 * Everything known about an id of an event, delivery, request, contract (with or without T- or H-), external record,
 * reference, activity time, API call, outcome, report or snapshot, whole or as a prefix of six or more characters.
 */
export async function find(db: Database, query: FindQuery, options: FindOptions): Promise<FindResult> {
  const id = query.id.trim();
  const { matches, guess } = await findMatches(db, id);
  const ambiguous = new Set(matches.map(({ value }) => sameRecordId(value))).size > 1;
  const nothing: FindResult = {
    query: query.id,
    matches,
    ambiguous,
    found: ambiguous,
    events: [],
    calls: [],
    outcomes: [],
    timeline: [],
    reason: null,
    guess,
  };
  // Several ids with one prefix are different records, so their timelines are not merged.
  if (ambiguous) return nothing;
  const everywhere = await gather(db, matches, options.pairs);
  const found = query.environment === null ? everywhere : within(everywhere, query.environment);
  const timeline = buildTimeline(found);
  if (timeline.length === 0) return { ...nothing, reason: await explain(db, query, everywhere, options) };
  const { events, outcomes } = found;
  const calls = distinct([...found.named, ...found.around], ({ call_id }) => call_id);
  // A refused delivery announces no event: the log does not have it, and the refusal says why.
  const onlyRefused = timeline.every(({ kind }) => kind === 'refused');
  const reason = onlyRefused ? explainRefused(found.refused) : null;
  return { ...nothing, found: !onlyRefused, events, calls, outcomes, timeline, reason };
}

/** Records with this id. A Salesforce record has two, and the log may hold either. */
export async function matchesOf(db: Database, id: string): Promise<Match[]> {
  const otherForm = longSalesforceId(id) ?? shortSalesforceId(id);
  const exact = await exactMatches(db, id);
  return otherForm === null ? exact : [...exact, ...(await exactMatches(db, otherForm))];
}

/** The id itself is tried first, then the number in a composite id or link, which is a guess. */
async function findMatches(db: Database, id: string): Promise<Pick<FindResult, 'matches' | 'guess'>> {
  const exact = await matchesOf(db, id);
  if (exact.length > 0) return { matches: exact, guess: null };
  const contract = readContractId(id);
  if (contract !== null && contract.kind !== 'internal')
    return { matches: await exactMatches(db, String(contract.guess)), guess: guessText(contract) };
  // Our ids are lower case; people copy them from places that capitalise.
  const lower = /^(?:evt|dlv|call|out|rpt|req|aud)_/i.test(id) ? id.toLowerCase() : id;
  return { matches: lower.length < MIN_PREFIX ? [] : await prefixMatches(db, lower), guess: null };
}

async function gather(db: Database, matches: Match[], pairs: FindOptions['pairs']): Promise<FoundRows> {
  const each = async <T>(read: (db: Database, match: Match) => Promise<T[]>): Promise<T[]> =>
    (await Promise.all(matches.map((match) => read(db, match)))).flat();
  const rows = distinct(await each(eventsOf), ({ key }) => String(key));
  const deliveries = await deliveriesOf(
    db,
    rows.map(({ key }) => key),
  );
  const ofEvent = Map.groupBy(deliveries, ({ event_key }) => event_key);
  const valuesOf = (kind: Match['kind']): string[] =>
    matches.filter((match) => match.kind === kind).map(({ value }) => value);
  const reports = await Promise.all(valuesOf('report').map((id) => reportById(db, id)));
  const acts = await Promise.all(valuesOf('act').map((id) => actById(db, id)));
  return {
    events: rows.map((event) => ({ ...event, deliveries: ofEvent.get(event.key) ?? [] })),
    refused: await each(refusedDeliveries),
    named: distinct(await each(callsOf), ({ call_id }) => call_id),
    around: await callsAround(db, deliveries),
    outcomes: distinct([...(await each(outcomesOf)), ...(await outcomesOfEvents(db, rows))], ({ id }) => id),
    snapshots: await withDrift(
      db,
      await snapshotsAtEvents(
        db,
        rows.map(({ key }) => key),
      ),
      pairs,
    ),
    readings: (await Promise.all(valuesOf('snapshot').map((hash) => readingsOf(db, hash)))).flat(),
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

function within(found: FoundRows, environment: string): FoundRows {
  const own = <T extends { environment: string }>(all: T[]): T[] =>
    all.filter((each) => each.environment === environment);
  return {
    events: own(found.events),
    refused: own(found.refused),
    named: own(found.named),
    around: own(found.around),
    outcomes: own(found.outcomes),
    snapshots: own(found.snapshots),
    readings: own(found.readings),
    reports: own(found.reports),
    acts: found.acts.filter((act) => act.environment === environment),
  };
}

/** Calls around the first and the last delivery of each environment, which may be months apart. */
async function callsAround(db: Database, deliveries: LoggedDelivery[]): Promise<LoggedCall[]> {
  const windows = [...Map.groupBy(deliveries, ({ environment }) => environment)].flatMap(
    ([environment, own]) => {
      const times = own.map(({ received_at }) => received_at);
      return [Math.min(...times), Math.max(...times)].map((at) => ({ environment, at }));
    },
  );
  const calls = await Promise.all(
    windows.map(({ environment, at }) => callsBetween(db, environment, at - AROUND_MS, at + AROUND_MS)),
  );
  return distinct(calls.flat(), ({ call_id }) => call_id);
}

async function explain(
  db: Database,
  { id, environment }: FindQuery,
  everywhere: FoundRows,
  { keepMs, now, environments }: FindOptions,
): Promise<string> {
  const elsewhere = buildTimeline(everywhere).map((entry) => entry.environment);
  if (environment !== null && elsewhere.length > 0)
    return explainElsewhere(id, environment, [...new Set(elsewhere)], environments);
  const asked = environments.filter(({ name }) => environment === null || name === environment);
  const refused = await Promise.all(
    asked.map(async (each) => ({ environment: each, ...(await refusedSince(db, each.name, now - keepMs)) })),
  );
  return explainNotFound(id.trim(), { keepMs, now, oldest: await oldestDelivery(db), refused });
}

const distinct = <T>(all: T[], idOf: (each: T) => string): T[] => [
  ...new Map(all.map((each) => [idOf(each), each])).values(),
];
