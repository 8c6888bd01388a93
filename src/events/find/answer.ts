import type { LoggedCall } from '../../store/api-calls.ts';
import type { LoggedDelivery } from '../../store/deliveries.ts';
import type { EventWithDeliveries, FoundOutcome } from '../../store/find.ts';
import type { OwnReads } from '../../store/find-calls.ts';
import { pluralize } from '../../text/counts.ts';
import { dayText } from '../../time/date-time-text.ts';
import { isSignatureRejection, refusalWhy, statusOf } from '../log/refusal-text.ts';
import { signerRemedy } from '../log/signer-text.ts';

/** Everything that one environment knows about an id. */
export interface Story {
  environment: string;
  /** Name of the environment, with a mark for production. */
  label: string;
  /** The contract, where the id leads to several in this environment; null for the rest, and where it leads to one. */
  contract: number | null;
  events: readonly EventWithDeliveries[];
  refused: readonly LoggedDelivery[];
  /** True when the log has more events and refused deliveries of it than these; null when it may have. */
  hasMore: boolean | null;
  outcomes: readonly FoundOutcome[];
  /** `evt_…` by the sender's own id, for outcomes that name it. */
  senderIds: ReadonlyMap<string, string>;
  /** The integration's calls and Envcheck's writes that name this id. */
  calls: readonly LoggedCall[];
  reads: OwnReads | null;
  /** The status of the contract in SpotDraft; null when it was not asked or could not tell. */
  status: string | null;
  /** Expected activities that did not come. */
  missing: readonly string[];
  /** Time of the oldest delivery in the log, epoch ms; null when there is none. */
  since: number | null;
}

/** One sentence for the person on call, about the environment with the worst news first. */
export function answerOf(stories: readonly Story[]): string {
  const told = stories
    .map((story) => ({ story, ...tell(story) }))
    .sort((left, right) => left.rank - right.rank);
  const [only] = told;
  if (only && told.length === 1) return sentence(only.text);
  const shown = told
    .slice(0, MAX_TOLD)
    .map(({ story, text }, index) => `${index === 0 ? 'In' : 'in'} ${placeOf(story)}: ${lowerFirst(text)}`);
  return sentence([...shown, ...othersText(told.slice(MAX_TOLD).map(({ story }) => story))].join('; '));
}

const MAX_TOLD = 3;
const MAX_NAMED = 20;

const placeOf = ({ label, contract }: Story): string =>
  contract === null ? label : `${label}, contract ${contract}`;

/** The stories that are not told, by their contracts. */
function othersText(others: readonly Story[]): string[] {
  if (others.length === 0) return [];
  if (others.every(({ contract }) => contract === null))
    return [`${others.length} more environments know it`];
  const named = others.slice(0, MAX_NAMED).map(placeOf);
  const more = others.length - named.length;
  return [`it also leads to ${list([...named, ...(more > 0 ? [`${more} more`] : [])])}`];
}

interface Told {
  text: string;
  /** 0 is the worst. */
  rank: number;
}

function tell(story: Story): Told {
  if (story.events.length > 0) return tellEvents(story);
  const { refused, outcomes, calls, reads, status } = story;
  if (refused.length > 0) return { text: refusedText(story), rank: 0 };
  const [outcome] = outcomes.toSorted(byAttempt);
  if (outcome) {
    const what = outcome.activity ?? 'an event';
    const text = `Your integration ${outcomeText[outcome.status]} ${what}${reasonOf(outcome)}; the webhook itself is not in the log`;
    return { text, rank: outcome.status === 'failed' ? 0 : 2 };
  }
  if (status !== null || (reads && calls.length === 0)) return { text: unheardText(story), rank: 1 };
  const call = failedCall(calls) ?? calls.toSorted(byTime).find((each) => !isFailed(each)) ?? calls[0];
  if (!call) return { text: unheardText(story), rank: 2 };
  return { text: callText(call) + webhooksOf(call), rank: isFailed(call) ? 1 : 3 };
}

function tellEvents(story: Story): Told {
  const { events, calls, missing, status } = story;
  // SpotDraft sent again what could not be stored at first.
  const refused = story.refused.filter(
    ({ rejection, received_at: at }) =>
      rejection !== 'not_stored' || !events.some((event) => event.received_at >= at),
  );
  const arrived = arrivedText(story);
  const { last, others } = finalOutcomes(story);
  const named = (wanted: FoundOutcome['status']) =>
    events.flatMap((event) => {
      const outcome = last.get(event.id);
      return outcome?.status === wanted ? [{ event, outcome }] : [];
    });
  const [failed, retrying, skipped] = [named('failed'), named('retrying'), named('skipped')];
  const loose = others.find((outcome) => outcome.status === 'failed');
  const [worst] = failed;
  if (worst || loose) {
    const outcome = worst?.outcome ?? loose;
    const what = worst ? activityOf(worst.event) : (loose?.activity ?? 'one of them');
    const others = failed.length > 1 ? ` and ${failed.length - 1} more` : '';
    return {
      text: `${arrived}, but your integration failed to process ${events.length === 1 ? 'it' : what}${others}${outcome ? reasonOf(outcome) : ''}`,
      rank: 0,
    };
  }
  if (missing.length > 0) {
    const says = status === null ? '' : `, though SpotDraft says that the contract is ${statusText(status)}`;
    return { text: `${arrived}; ${list(missing)} did not arrive${says}`, rank: 1 };
  }
  if (refused.length > 0)
    return { text: `${arrived}; ${lowerFirst(refusedText({ ...story, refused }))}`, rank: 1 };
  const call = failedCall(calls);
  if (call) return { text: `${arrived}; ${lowerFirst(callText(call))}`, rank: 1 };
  const [waiting] = retrying;
  if (waiting)
    return {
      text: `${arrived}; your integration could not process ${events.length === 1 ? 'it' : activityOf(waiting.event)} yet and will retry${reasonOf(waiting.outcome)}`,
      rank: 2,
    };
  const unclear = others.find(({ event_id: id }) => id !== null && isShared(id, events));
  if (unclear)
    return {
      text: `${arrived}; your integration ${outcomeText[unclear.status]} ${unclear.event_id}, an id that several of them share`,
      rank: 2,
    };
  const silent = events.filter(({ id }) => !last.has(id));
  const [stray] = others;
  if (stray && silent.length > 0) {
    const what =
      stray.event_id === null
        ? `${stray.activity ?? 'an event'} of another time`
        : `${stray.event_id}, another event,`;
    const [only] = silent;
    const which =
      events.length === 1
        ? 'this one'
        : silent.length === 1 && only
          ? activityOf(only)
          : `${silent.length} of them`;
    return {
      text: `${arrived}; your integration ${outcomeText[stray.status]} ${what} and reported no outcome of ${which}`,
      rank: 2,
    };
  }
  if (silent.length === events.length)
    return { text: `${arrived}; your integration reported no outcome`, rank: 2 };
  const [quiet] = silent;
  if (quiet)
    return {
      text: `${arrived}; your integration reported no outcome of ${silent.length === 1 ? activityOf(quiet) : `${silent.length} of them`}`,
      rank: 2,
    };
  const all = events.length === 1 ? 'it' : events.length === 2 ? 'both' : 'all of them';
  if (skipped.length === events.length)
    return { text: `${arrived}; your integration skipped ${all}${reasonOf(skipped[0]?.outcome)}`, rank: 3 };
  const [passed] = skipped;
  if (passed)
    return {
      text: `${arrived}; your integration skipped ${skipped.length === 1 ? activityOf(passed.event) : `${skipped.length} of them`} and processed the rest`,
      rank: 3,
    };
  return { text: `${arrived}; your integration processed ${all}`, rank: 4 };
}

/** The newest outcome of each event by the event's id, and the newest of each event that is not shown. */
function finalOutcomes({ events, outcomes, senderIds }: Story): {
  last: Map<string, FoundOutcome>;
  others: FoundOutcome[];
} {
  const last = new Map<string, FoundOutcome>();
  const others = new Map<string | null, FoundOutcome>();
  for (const outcome of outcomes.toSorted(byAttempt).reverse()) {
    const event = eventOf(outcome, { events, senderIds });
    if (event) last.set(event.id, outcome);
    else others.set(outcome.event_id ?? `${outcome.activity} ${outcome.occurred_at}`, outcome);
  }
  return { last, others: [...others.values()] };
}

/** The event that an outcome is about, if it is among these. */
export const eventOf = (
  outcome: FoundOutcome,
  { events, senderIds }: Pick<Story, 'events' | 'senderIds'>,
): EventWithDeliveries | undefined =>
  events.find((each) =>
    outcome.event_id === null
      ? describes(outcome, each)
      : each.id === outcome.event_id ||
        (!isShared(outcome.event_id, events) && each.id === senderIds.get(outcome.event_id)),
  );

/** True for an id that the sender gave to several events: an outcome under it may be about any of them. */
const isShared = (id: string, events: readonly EventWithDeliveries[]): boolean =>
  events.some(({ notes }) => notes.sharedIds.some(({ value }) => value === id));

const describes = (outcome: FoundOutcome, event: EventWithDeliveries): boolean =>
  event.contract_id === outcome.contract_id &&
  event.activity === outcome.activity &&
  event.occurred_at === outcome.occurred_at;

function arrivedText({ events, hasMore }: Story): string {
  const [first] = events;
  const count = events.length;
  if (hasMore !== false)
    return `${hasMore ? 'More than' : 'At least'} ${pluralize(count, 'webhook')} arrived and were verified`;
  if (first && count === 1) {
    const times = first.deliveryCount > 1 ? ` ${first.deliveryCount.toLocaleString('en-US')} times` : '';
    return `${activityOf(first)} arrived${times} and was verified`;
  }
  return count === 2
    ? 'Both webhooks arrived and were verified'
    : `${count.toLocaleString('en-US')} webhooks arrived and were verified`;
}

function refusedText({ refused, hasMore }: Pick<Story, 'refused' | 'hasMore'>): string {
  const [first] = refused;
  if (!first) return '';
  const { rejection, activity } = first;
  const one = refused.length === 1;
  const number =
    hasMore === false ? refused.length : `${hasMore ? 'More than' : 'At least'} ${refused.length}`;
  const how = isSignatureRejection(rejection) ? '' : ` with ${statusOf(first)}`;
  const what = one
    ? `${activity ?? 'A delivery'} was refused${how}`
    : `${number} deliveries were refused${how}`;
  const why =
    rejection === 'bad_signature' && signerRemedy(first.signed_with, first.environment) === null
      ? "it was not signed with this workspace's key"
      : refusalWhy(first);
  const newest = why.startsWith('it ') ? why.replace(/^it/, 'the newest') : `the newest because ${why}`;
  return `${what}: ${one ? why : newest}`;
}

/** No webhook came, and something else shows that the contract exists or may exist. */
function unheardText({ label, reads, status, missing, since }: Story): string {
  if (status !== null && missing.length > 0) {
    const from = since === null ? '' : ` since ${dayText(since)}`;
    return `Nothing arrived for this contract${from}, though SpotDraft says that it is ${statusText(status)}`;
  }
  const how =
    status !== null
      ? `SpotDraft says that it is ${statusText(status)}`
      : reads
        ? `Envcheck read this contract on ${dayText(reads.newest.at)}`
        : null;
  return how === null
    ? `No webhook of it is in the log of ${label}`
    : `Known in ${label}, no webhook received: ${how}`;
}

/** The newest failed call of the integration that the same request did not repeat with success; a write before a read. */
export function failedCall(calls: readonly LoggedCall[]): LoggedCall | undefined {
  const newest = calls.filter(({ reporter }) => reporter === 'integration').toSorted(byTime);
  const failed = newest.filter(
    (call) =>
      isFailed(call) &&
      !newest.some((later) => later.at >= call.at && !isFailed(later) && isRepeated(call, later)),
  );
  return failed.find(({ method }) => !READS.has(method)) ?? failed[0];
}

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * True when a later call is the same request: to the same path, or after 404 to the path with the other form of the contract's
 * id. SpotDraft's list does not say whether a number belongs to `T-` or `H-`, so that callers try one after the other.
 */
const isRepeated = (call: LoggedCall, later: LoggedCall): boolean =>
  later.method === call.method &&
  (later.path === call.path || (call.status === 404 && anyForm(later.path) === anyForm(call.path)));

const anyForm = (path: string): string =>
  path.replace(/\/contracts\/(?:[TH]-)?(?=\d)/i, '/contracts/').replace(/\/(?=\?|$)/, '');

export const isFailed = ({ failure, status }: LoggedCall): boolean =>
  failure !== null || status === null || status >= 400;

/** The webhooks of a call, as far as the log has them: those of a successful one belong to the contract that it names. */
function webhooksOf(call: LoggedCall): string {
  if (call.reporter === 'envcheck') return '';
  const isNamed = isFailed(call) || call.contract_id !== null || call.external_id !== null;
  return isNamed
    ? '; no webhook of it is in the log'
    : '; it names no contract, so its webhooks cannot be found';
}

function callText({ reporter, method, path, status, failure, request_id: request }: LoggedCall): string {
  const who = reporter === 'envcheck' ? 'Envcheck’s' : 'Your integration’s';
  const answer = status === null ? 'got no answer' : `was answered ${status}`;
  const why = [failure, request && `request ${request}`].filter(Boolean).join(', ');
  return `${who} call ${method} ${path} ${answer}${why ? ` (${why})` : ''}`;
}

const outcomeText: Record<FoundOutcome['status'], string> = {
  processed: 'processed',
  failed: 'failed to process',
  skipped: 'skipped',
  retrying: 'could not yet process',
};

function reasonOf(outcome: FoundOutcome | undefined): string {
  if (!outcome) return '';
  const why = [outcome.code, outcome.message].filter((part) => part !== null).join(': ');
  const attempt = outcome.attempt > 1 ? `attempt ${outcome.attempt}` : '';
  const parts = [why, attempt].filter(Boolean).join(', ');
  return parts === '' ? '' : ` (${parts})`;
}

export const statusText = (status: string): string => status.toLowerCase().replaceAll('_', ' ');

const activityOf = ({ activity, notes }: EventWithDeliveries): string =>
  activity ?? (notes.unread === null ? 'A webhook of an unknown shape' : 'A webhook that could not be read');

const byTime = (left: { at: number }, right: { at: number }): number => right.at - left.at;

/** Newest first. Of two outcomes of one second the later attempt is newer. */
const byAttempt = (left: FoundOutcome, right: FoundOutcome): number =>
  byTime(left, right) || right.attempt - left.attempt;

const list = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

/** Names of activities keep their capitals. */
const lowerFirst = (text: string): string =>
  /^[A-Z][a-z ]/.test(text) ? `${text.charAt(0).toLowerCase()}${text.slice(1)}` : text;
