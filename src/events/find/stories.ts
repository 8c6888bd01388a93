import type { LoggedCall } from '../../store/api-calls.ts';
import type { Search } from '../../store/find.ts';
import { labelIn } from '../../text/environment-label.ts';
import { dayText } from '../../time/date-time-text.ts';
import type { About } from './about-text.ts';
import { answerOf } from './answer.ts';
import { contractsOfCall } from './answer-calls.ts';
import { besideContract, byContract } from './by-contract.ts';
import { type LookTools, lookAtContract } from './contract-look.ts';
import { type NamesOfEvents, namesOf, namesOfEvents } from './event-names.ts';
import { sharedText } from './matches.ts';
import { isOnlyNamed, namedText } from './mentions.ts';
import type { FindOptions, FindResult, Gathered } from './result.ts';
import type { Story } from './story.ts';
import type { FoundRows, TimelineEntry } from './timeline.ts';

interface Found extends Pick<Gathered, 'rows' | 'identifiers' | 'leftOut'> {
  search: Search;
  environments: FindOptions['environments'];
}

/** The rows of each environment that has an event, a refused delivery, an outcome or a call; of each contract where it has several. */
export function storiesOf({ rows, search, identifiers, leftOut, environments }: Found): Story[] {
  const { events, refused, outcomes, calls, reads, records } = rows;
  const names = namesOfEvents(events, identifiers);
  const senderIds = new Map(
    identifiers.flatMap(({ kind, value, eventId }) => (kind === 'event' ? [[value, eventId]] : [])),
  );
  const own = calls.filter((call) => isNamed(call, { ...rows, names }, search));
  const all = [...events, ...refused, ...outcomes, ...own, ...reads.map(({ newest }) => newest)];
  const stories = [...new Set(all.map(({ environment }) => environment))].flatMap((name) => {
    const of = <Row extends { environment: string }>(each: readonly Row[]): Row[] =>
      each.filter(({ environment }) => environment === name);
    const story: Story = {
      ...emptyStory(name, environments),
      events: of(events),
      refused: of(refused),
      hasMore: (leftOut.events ?? 0) + (leftOut.refused ?? 0) > 0,
      outcomes: of(outcomes),
      senderIds,
      names,
      sharedIds: new Set(of(events).flatMap(({ notes }) => notes.sharedIds.map(({ value }) => value))),
      calls: of(own),
      reads: reads.find(({ newest }) => newest.environment === name) ?? null,
    };
    return byContract(story, search, of(records));
  });
  return besideContract(stories, search);
}

/** True when a call names the id, or a contract or record of the events; other calls were only made around a delivery. */
function isNamed(
  call: LoggedCall,
  { events, records, names: named }: FoundRows & { names: NamesOfEvents },
  { matches }: Search,
): boolean {
  const { call_id: id, own_id: ownId, request_id: requestId, external_id: externalId } = call;
  const names = [id, ownId, requestId, externalId, ...contractsOfCall(call).map(String)];
  return (
    matches.some(({ value }) => names.includes(value)) ||
    records.some(({ environment, value }) => environment === call.environment && value === externalId) ||
    contractsOfCall(call).some((contract) =>
      events.some((event) => namesOf(event, named).contracts.includes(contract)),
    )
  );
}

/** The answer for the id of a report, a configuration or an act. */
export function recordText({ reports, readings }: FoundRows, timeline: FindResult['timeline']): string {
  const [report] = reports;
  if (report)
    return `${report.environment} was checked on ${dayText(report.checkedAt)}: ${report.verdict.replace('_', ' ')}.`;
  const [reading] = readings;
  if (reading) {
    const { environment, times, first, last } = reading;
    return times === 1
      ? `A configuration of ${environment}, read on ${dayText(first)}.`
      : `A configuration of ${environment}, read ${times.toLocaleString('en-US')} times from ${dayText(first)} to ${dayText(last)}.`;
  }
  const [entry]: readonly TimelineEntry[] = timeline;
  return entry ? `${entry.summary}.` : '';
}

/** A result with the contract as SpotDraft shows it, and an answer that takes it into account. */
export async function withContract(
  result: FindResult,
  environment: string | null,
  tools: LookTools,
): Promise<FindResult> {
  const looked = await lookAtContract(tools, result, environment);
  const about = looked.map((each) => each.about);
  const told = looked.flatMap(({ about: seen, story, since }): [Story | null, Story][] => {
    const status = statusOf(seen);
    if (status === null) return [];
    const before = story ?? emptyStory(seen.environment, tools.config.environments);
    return [[story, { ...before, status, missing: seen.missing, since }]];
  });
  if (told.length === 0) return { ...result, about };
  const updated = new Map(told);
  const stories = [
    ...result.stories.map((story) => updated.get(story) ?? story),
    ...told.flatMap(([before, story]) => (before === null ? [story] : [])),
  ];
  return { ...result, about, stories, answer: headOf(result) + answerOf(stories) };
}

/** The text before the answer for an id that is not the id of a contract. */
const headOf = ({ matches, events, counts }: FindResult): string =>
  isOnlyNamed(matches) ? namedText(matches, events, counts) : sharedText(matches);

/** null when SpotDraft did not say, or spoke of another contract than the events. */
const statusOf = ({ contract, isGuess, lastChange }: About): string | null =>
  'known' in contract && !(isGuess && lastChange !== null) ? contract.known.status : null;

const emptyStory = (environment: string, environments: FindOptions['environments']): Story => ({
  environment,
  label: labelIn(environments, environment),
  contract: null,
  events: [],
  refused: [],
  hasMore: false,
  outcomes: [],
  senderIds: new Map(),
  names: new Map(),
  sharedIds: new Set(),
  sameId: null,
  calls: [],
  reads: null,
  status: null,
  missing: [],
  since: null,
});
