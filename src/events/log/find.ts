import type { Database } from '../../store/database.ts';
import { refusedSince } from '../../store/deliveries.ts';
import { type UnreadDeliveries, unreadSince } from '../../store/event-notes.ts';
import { oldestDelivery } from '../../store/find.ts';
import { answerOf } from './answer.ts';
import { findMatches, sharedText } from './find-matches.ts';
import type { FindOptions, FindQuery, FindResult, FoundKind } from './find-result.ts';
import { gather } from './gather.ts';
import { explainElsewhere, explainNotFound, explainRefused } from './not-found.ts';
import { recordText, storiesOf } from './stories.ts';
import { buildTimeline } from './timeline.ts';

const NONE: Record<FoundKind, number> = {
  ids: 0,
  events: 0,
  deliveries: 0,
  refused: 0,
  calls: 0,
  outcomes: 0,
};

/**
 * Everything known about an id of an event, delivery, request, contract (with or without T- or H-), external record,
 * reference, activity time, API call, outcome, report or snapshot, whole or as a prefix of six or more characters.
 */
export async function find(db: Database, query: FindQuery, options: FindOptions): Promise<FindResult> {
  const id = query.id.trim();
  const { matches, more, guess, ambiguous } = await findMatches(db, id, query.environment);
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
    counts: { ...NONE, ids: matches.length + more },
    leftOut: more > 0 ? { ids: more } : {},
    reason: null,
    unread: unread.reduce((sum, { count }) => sum + count, 0),
    guess,
  };
  // Several ids with one prefix are different records, so their timelines are not merged.
  if (ambiguous) return nothing;
  const search = { matches, environment: query.environment };
  const { rows, counts, leftOut, identifiers } = await gather(db, search, options.pairs);
  const timeline = buildTimeline(rows);
  if (timeline.length === 0) {
    const { sentences, elsewhere } = await explain(db, query, unread, options);
    const [answer = '', ...advice] = sentences;
    return { ...nothing, elsewhere, answer, advice: textOf(advice), reason: textOf([answer, ...advice]) };
  }
  const { events, outcomes, calls } = rows;
  // A refused delivery announces no event: the log does not have it, and the refusal says why.
  const onlyRefused = timeline.every(({ kind }) => kind === 'refused');
  const refusal = onlyRefused ? explainRefused(rows.refused) : [];
  const stories = storiesOf({ rows, search, identifiers, leftOut, environments: options.environments });
  return {
    ...nothing,
    answer: stories.length > 0 ? sharedText(matches) + answerOf(stories) : recordText(rows, timeline),
    advice: textOf(refusal.slice(1)),
    found: !onlyRefused,
    events,
    calls,
    outcomes,
    timeline,
    stories,
    identifiers,
    counts: { ...counts, ids: matches.length },
    leftOut,
    reason: textOf(refusal),
  };
}

async function explain(
  db: Database,
  { id, environment }: FindQuery,
  unread: UnreadIn[],
  { keepMs, now, environments, pairs }: FindOptions,
): Promise<{ sentences: string[]; elsewhere: string[] }> {
  if (environment !== null) {
    const { matches } = await findMatches(db, id.trim(), null);
    const { rows } = await gather(db, { matches, environment: null }, pairs);
    const elsewhere = [...new Set(buildTimeline(rows).map((entry) => entry.environment))];
    if (elsewhere.length > 0)
      return {
        sentences: explainElsewhere(id, environment, elsewhere, { environments, unread }),
        elsewhere,
      };
  }
  const asked = environments.filter(({ name }) => environment === null || name === environment);
  const refused = await Promise.all(
    asked.map(async (each) => ({
      environment: each,
      ...(await refusedSince(db, each.name, { since: now - keepMs })),
    })),
  );
  const oldest = await oldestDelivery(db);
  return {
    sentences: explainNotFound(id.trim(), { keepMs, now, oldest, refused, unread }),
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
