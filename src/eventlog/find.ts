import type { Database } from '../store/database.ts';
import {
  callById,
  callsBetween,
  deliveriesOf,
  eventsOf,
  exactMatches,
  type FoundCall,
  type FoundDelivery,
  type FoundEvent,
  type Match,
  oldestDelivery,
  prefixMatches,
  refusedDeliveries,
  snapshotAt,
} from '../store/find.ts';
import { reportById } from '../store/reports.ts';
import { explainNotFound } from './not-found.ts';

/** Shorter ones lead to too much. */
const MIN_PREFIX = 6;
/** API calls this close to an event are shown with it. */
const AROUND_MS = 60_000;

export interface TimelineEntry {
  /** Epoch ms UTC. */
  at: number;
  kind: 'occurred' | 'delivery' | 'refused' | 'call' | 'snapshot' | 'report';
  id: string;
  environment: string;
  summary: string;
}

export interface FindResult {
  query: string;
  /** More than one: the query is the beginning of all of these. */
  matches: Match[];
  events: (FoundEvent & { deliveries: FoundDelivery[] })[];
  calls: FoundCall[];
  /** Oldest first. */
  timeline: TimelineEntry[];
  /** Why nothing was found, and what to try; null when something was. */
  reason: string | null;
}

export interface FindOptions {
  /** How long the log keeps, ms. */
  keepMs: number;
  /** Epoch ms UTC. */
  now: number;
}

/**
 * Everything that is known of an id: of an event, delivery, request, contract (with or without T- or H-), external record,
 * reference, activity time, API call or report; the id itself or the first six or more of its characters.
 */
export async function find(db: Database, query: string, options: FindOptions): Promise<FindResult> {
  const matches = await findMatches(db, query.trim());
  const found = { query, matches, events: [], calls: [], timeline: [], reason: null };
  if (matches.length === 0)
    return {
      ...found,
      reason: explainNotFound(query.trim(), { ...options, oldest: await oldestDelivery(db) }),
    };
  // Several ids that begin alike are different things, and their timelines would be mixed up.
  if (new Set(matches.map(({ value }) => value)).size > 1) return found;
  const all = await Promise.all(matches.map((match) => eventsOf(db, match)));
  const byKey = new Map(all.flat().map((event) => [event.key, event]));
  const deliveries = await deliveriesOf(db, [...byKey.keys()]);
  const events = [...byKey.values()].map((event) => ({
    ...event,
    deliveries: deliveries.filter((delivery) => delivery.event_key === event.key),
  }));
  const refused = (await Promise.all(matches.map((match) => refusedDeliveries(db, match)))).flat();
  const calls = await callsOf(db, matches, deliveries);
  const entries = [
    ...events.flatMap(eventEntries),
    ...refused.map(refusedEntry),
    ...calls.map(callEntry),
    ...(await snapshotEntries(db, events)),
    ...(await reportEntries(db, matches)),
  ];
  return { ...found, events, calls, timeline: entries.sort((left, right) => left.at - right.at) };
}

async function findMatches(db: Database, query: string): Promise<Match[]> {
  const id = query.replace(/^[TH]-(?=\d+$)/i, '');
  const exact = await exactMatches(db, id);
  if (exact.length > 0) return exact;
  // Ids of ours are lower case; people copy them from where they were capitalised.
  const lower = /^(?:evt|dlv|call|rpt|req)_/i.test(id) ? id.toLowerCase() : id;
  return lower.length < MIN_PREFIX ? [] : prefixMatches(db, lower);
}

async function callsOf(db: Database, matches: Match[], deliveries: FoundDelivery[]): Promise<FoundCall[]> {
  const named = await Promise.all(
    matches.filter(({ kind }) => kind === 'call').map(({ value }) => callById(db, value)),
  );
  const around = await Promise.all(
    [...Map.groupBy(deliveries, ({ environment }) => environment)].map(([environment, its]) => {
      const [first, last] = [its[0]?.received_at ?? 0, its.at(-1)?.received_at ?? 0];
      return callsBetween(db, environment, first - AROUND_MS, last + AROUND_MS);
    }),
  );
  return [...named.filter((call) => call !== undefined), ...around.flat()];
}

function eventEntries({ deliveries, ...event }: FindResult['events'][number]): TimelineEntry[] {
  const { environment, activity, contract_id: contract } = event;
  const what = [
    activity ?? 'an event of an unknown shape',
    contract === null ? null : `contract ${contract}`,
  ];
  const occurred: TimelineEntry[] =
    event.occurred_at === null
      ? []
      : [
          {
            at: event.occurred_at,
            kind: 'occurred',
            id: event.id,
            environment,
            summary: `${what.filter(Boolean).join(', ')} happened in SpotDraft`,
          },
        ];
  return [
    ...occurred,
    ...deliveries.map((delivery, index): TimelineEntry => {
      const before = deliveries[index - 1];
      const nth = before
        ? `delivered again (no. ${index + 1}, ${interval(delivery.received_at - before.received_at)} later)`
        : 'delivered';
      return {
        at: delivery.received_at,
        kind: 'delivery',
        id: delivery.id,
        environment,
        summary: `${nth}, verified and stored; request ${delivery.request_id}`,
      };
    }),
  ];
}

const refusedEntry = ({
  received_at,
  id,
  environment,
  rejection,
  request_id,
}: FoundDelivery): TimelineEntry => ({
  at: received_at,
  kind: 'refused',
  id,
  environment,
  summary: `refused with 401 (${rejection?.replace('_', ' ')}), nothing of it was kept; request ${request_id}`,
});

const callEntry = (call: FoundCall): TimelineEntry => ({
  at: call.at,
  kind: 'call',
  id: call.call_id,
  environment: call.environment,
  summary: `Envcheck read ${call.method} ${call.path} → ${call.status ?? 'no answer'}${call.attempts > 1 ? `, ${call.attempts} attempts` : ''}`,
});

async function snapshotEntries(db: Database, events: FoundEvent[]): Promise<TimelineEntry[]> {
  const entries = await Promise.all(
    events.map(async ({ environment, received_at }): Promise<TimelineEntry | null> => {
      const snapshot = await snapshotAt(db, environment, received_at);
      if (!snapshot) return null;
      const { hash, taken_at: at } = snapshot;
      return {
        at,
        kind: 'snapshot',
        id: hash,
        environment,
        summary: 'the configuration in force when it was delivered',
      };
    }),
  );
  const distinct = new Map(
    entries.filter((entry) => entry !== null).map((entry) => [`${entry.id} ${entry.at}`, entry]),
  );
  return [...distinct.values()];
}

async function reportEntries(db: Database, matches: Match[]): Promise<TimelineEntry[]> {
  const reports = await Promise.all(
    matches.filter(({ kind }) => kind === 'report').map(({ value }) => reportById(db, value)),
  );
  return reports
    .filter((report) => report !== null)
    .map(({ checkedAt, id, environment, verdict }) => ({
      at: checkedAt,
      kind: 'report',
      id,
      environment,
      summary: `checked: ${verdict.replace('_', ' ')}`,
    }));
}

/** "350 ms", "12 s", "3 min", "5 h", "2 d". */
function interval(ms: number): string {
  const units: [string, number][] = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1_000],
  ];
  const unit = units.find(([, size]) => ms >= size);
  return unit ? `${Math.round(ms / unit[1])} ${unit[0]}` : `${ms} ms`;
}
