import { actById } from '../../store/audit.ts';
import type { Database } from '../../store/database.ts';
import { refusedSince } from '../../store/deliveries.ts';
import { driftAt } from '../../store/differences.ts';
import { type UnreadDeliveries, unreadSince } from '../../store/event-notes.ts';
import {
  countDeliveriesOf,
  countNaming,
  eventsOf,
  identifiersOf,
  oldestDelivery,
  refusedDeliveries,
  type Search,
  withDeliveries,
} from '../../store/find.ts';
import { callsOf, ownReadsOf, ownRecordsOf } from '../../store/find-calls.ts';
import { outcomesOf } from '../../store/find-outcomes.ts';
import { readingsOf, type SnapshotAtEvent, snapshotsAtEvents } from '../../store/find-snapshots.ts';
import type { Match } from '../../store/matches.ts';
import { reportById } from '../../store/reports.ts';
import { readIsoTime } from '../../time/since.ts';
import { answerOf } from './answer.ts';
import { namesOf, namesOfEvents } from './event-names.ts';
import { type FoundMatches, findMatches, sharedText } from './matches.ts';
import { isOnlyNamed, namedText } from './mentions.ts';
import { explainElsewhere, explainNotFound, explainRefused } from './not-found.ts';
import { explainOwnId } from './own-ids.ts';
import type { FindOptions, FindQuery, FindResult, Gathered } from './result.ts';
import { recordText, storiesOf } from './stories.ts';
import { searchThroughCalls } from './through-calls.ts';
import { searchThroughOutcomes } from './through-outcomes.ts';
import { buildTimeline, type FoundRows } from './timeline.ts';

/**
 * Everything known about an id of an event, delivery, request, contract (with or without T- or H-), external record,
 * reference, activity time, API call, outcome, report or snapshot, whole or as a prefix of six or more characters.
 */
export async function find(db: Database, query: FindQuery, options: FindOptions): Promise<FindResult> {
  const id = query.id.trim();
  const { matches, more, guess, ambiguous } = withoutTimes(id, await findMatches(db, id, query.environment));
  const unread = await unreadIn(db, query, options);
  const nothing: FindResult = {
    query: query.id,
    answer: `${(matches.length + more).toLocaleString('en-US')} ids begin with this: search for one of them.`,
    advice: null,
    matches,
    ambiguous,
    found: ambiguous,
    events: [],
    calls: [],
    outcomes: [],
    timeline: [],
    stories: [],
    identifiers: [],
    about: [],
    elsewhere: [],
    counts: {
      ids: matches.length + more,
      events: 0,
      deliveries: 0,
      refused: 0,
      calls: 0,
      outcomes: 0,
      naming: 0,
    },
    leftOut: more > 0 ? { ids: more } : {},
    reason: null,
    unread: unread.reduce((sum, { count }) => sum + count, 0),
    guess,
  };
  // Several ids with one prefix are different records, so their timelines are not merged.
  if (ambiguous) return nothing;
  const { search, gathered, unsure } = await follow(db, { matches, environment: query.environment }, options);
  const { rows, counts, leftOut, identifiers } = gathered;
  const timeline = buildTimeline(rows, options.now);
  if (timeline.length === 0) {
    const { sentences, elsewhere } = await explain(db, query, unread, options);
    const [answer = '', ...advice] = sentences;
    return { ...nothing, elsewhere, answer, advice: textOf(advice), reason: textOf([answer, ...advice]) };
  }
  const { events, outcomes, calls } = rows;
  // A refused delivery announces no event: the log does not have it, and the refusal says why.
  const onlyRefused = timeline.every(({ kind }) => kind === 'refused');
  const refusal = onlyRefused ? explainRefused(rows.refused) : [];
  const isNamed = isOnlyNamed(matches);
  const stories = isNamed
    ? []
    : storiesOf({ rows, search, identifiers, leftOut, environments: options.environments });
  const naming = isNamed ? 0 : await countNaming(db, search, events);
  return {
    ...nothing,
    matches: [...search.matches],
    guess: guess ?? unsure,
    answer: isNamed
      ? namedText(matches, events, counts).trim()
      : stories.length > 0
        ? sharedText(matches) + answerOf(stories)
        : recordText(rows, timeline),
    advice: textOf(isNamed ? [] : refusal.slice(1)),
    found: isNamed || !onlyRefused,
    events,
    calls,
    outcomes,
    timeline,
    stories,
    identifiers,
    counts: { ...counts, ids: matches.length, naming },
    leftOut: naming > 0 ? { ...leftOut, naming } : leftOut,
    reason: textOf(isNamed ? [] : refusal),
  };
}

/** A day or minute asks for what happened then, not for the activity times that begin with it. */
const withoutTimes = (id: string, found: FoundMatches): FoundMatches =>
  found.ambiguous && found.matches.every(({ kind }) => kind === 'time') && 'at' in readIsoTime(id)
    ? { matches: [], more: 0, guess: null, ambiguous: false }
    : found;

/** The rows that the matches lead to; also the events of its outcomes, or for a request or a call what the log has of the contract in it. */
async function follow(
  db: Database,
  search: Search,
  { pairs }: FindOptions,
): Promise<{ search: Search; gathered: Gathered; unsure: string | null }> {
  const own = await gather(db, search, pairs);
  const wider = await searchThroughOutcomes(db, search, own);
  if (wider !== null) return { search: wider, gathered: await gather(db, wider, pairs), unsure: null };
  const through = searchThroughCalls(search, own.rows);
  if (through !== null) {
    const gathered = await gather(db, through.search, pairs);
    const { events, refused, outcomes } = gathered.rows;
    if (events.length + refused.length + outcomes.length > own.rows.outcomes.length)
      return { search: through.search, gathered, unsure: through.unsure };
  }
  return { search, gathered: own, unsure: null };
}

async function explain(
  db: Database,
  { id, environment }: FindQuery,
  unread: UnreadIn[],
  { keepMs, now, environments, pairs, notStored }: FindOptions,
): Promise<{ sentences: string[]; elsewhere: string[] }> {
  const asked = environments.filter(({ name }) => environment === null || name === environment);
  const refused = await Promise.all(
    asked.map(async (each) => ({
      environment: each,
      ...(await refusedSince(db, each.name, { since: now - keepMs })),
    })),
  );
  const outages = asked.flatMap((each) =>
    (notStored?.outages ?? [])
      .filter((outage) => outage.environment === each.name)
      .map((outage) => ({ ...outage, environment: each })),
  );
  const circumstances = { refused, unread, isLost: notStored?.isLost ?? false, outages };
  if (environment !== null) {
    const { matches } = await findMatches(db, id.trim(), null);
    const { rows } = await gather(db, { matches, environment: null }, pairs);
    const elsewhere = [...new Set(buildTimeline(rows, now).map((entry) => entry.environment))];
    if (elsewhere.length > 0)
      return {
        sentences: explainElsewhere(id, environment, elsewhere, { ...circumstances, environments }),
        elsewhere,
      };
  }
  const own = await explainOwnId(db, id.trim(), environments);
  if (own !== null) return { sentences: own, elsewhere: [] };
  const oldest = await oldestDelivery(db);
  return {
    sentences: explainNotFound(id.trim(), { ...circumstances, keepMs, now, oldest, environments: asked }),
    elsewhere: [],
  };
}

type UnreadIn = UnreadDeliveries & { environment: FindOptions['environments'][number] };

/** Unread deliveries of each environment in question. */
const unreadIn = (
  db: Database,
  { environment }: FindQuery,
  { keepMs, now, environments }: FindOptions,
): Promise<UnreadIn[]> =>
  Promise.all(
    environments
      .filter(({ name }) => environment === null || name === environment)
      .map(async (each) => ({ environment: each, ...(await unreadSince(db, each.name, now - keepMs)) })),
  );

const textOf = (sentences: readonly string[]): string | null =>
  sentences.length > 0 ? sentences.join(' ') : null;

/** Reads everything that a search leads to, each kind within its limit. Throws the database's errors. */
async function gather(db: Database, search: Search, pairs: FindOptions['pairs']): Promise<Gathered> {
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
  const calls = await callsOf(db, search, moments, { contracts, records });
  const outcomes = await outcomesOf(db, search);
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
