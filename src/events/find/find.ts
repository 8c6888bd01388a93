import type { Database } from '../../store/database.ts';
import { refusedSince } from '../../store/deliveries.ts';
import { type UnreadDeliveries, unreadSince } from '../../store/event-notes.ts';
import { oldestDelivery, type Search } from '../../store/find.ts';
import { countNaming } from '../../store/find-counts.ts';
import { readIsoTime } from '../../time/since.ts';
import { readSigner } from '../log/signer-text.ts';
import { answerOf } from './answer.ts';
import { gather } from './gather.ts';
import { type FoundMatches, findMatches, sharedText } from './matches.ts';
import { isOnlyNamed, namedText } from './mentions.ts';
import { explainElsewhere, explainMisdirected, explainNotFound, explainRefused } from './not-found.ts';
import { explainOwnId } from './own-ids.ts';
import { type FindOptions, type FindQuery, type FindResult, type Gathered, noCounts } from './result.ts';
import { recordText, storiesOf } from './stories.ts';
import { searchThroughCalls } from './through-calls.ts';
import { searchThroughOutcomes } from './through-outcomes.ts';
import { buildTimeline } from './timeline.ts';

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
    counts: { ...noCounts, ids: matches.length + more },
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
    const own = rows.refused.filter(({ signed_with: code }) => readSigner(code)?.environment === environment);
    if (own.length > 0)
      return { sentences: explainMisdirected(id, environment, own, environments), elsewhere };
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
