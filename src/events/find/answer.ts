import type { FoundOutcome } from '../../store/find.ts';
import { dayText } from '../../time/date-time-text.ts';
import { isSignatureRejection, refusalWhy, statusOf } from '../log/refusal-text.ts';
import { signerRemedy } from '../log/signer-text.ts';
import { byTime, callText, failedCall, isFailed, webhooksOf } from './answer-calls.ts';
import {
  byAttempt,
  finalOutcomes,
  isShared,
  otherFailureText,
  outcomeText,
  reasonOf,
} from './answer-outcomes.ts';
import { activityOf, arrivedText } from './arrived-text.ts';
import { nearness } from './event-names.ts';
import type { Story } from './story.ts';

/** One sentence for the person on call, about the environment with the worst news first. */
export function answerOf(stories: readonly Story[]): string {
  const [only, ...more] = stories;
  // A story that is alone has a contract only when it is not the one that was asked for.
  if (only && more.length === 0 && only.contract !== null)
    return sentence(`In ${placeOf(only)}: ${lowerFirst(tell(only).text)}`);
  const own = stories.filter(({ sameId }) => sameId === null);
  if (own.length === 0 || own.length === stories.length) return answerAbout(stories);
  const labels = new Set(stories.map(({ label }) => label));
  // Another record with the id that was asked for is a matter of its own.
  const others = stories.flatMap((story) => {
    if (story.sameId === null) return [];
    const place = labels.size > 1 ? ` in ${story.label}` : '';
    return [sentence(`${story.sameId}${place}: ${lowerFirst(tell(story).text)}`)];
  });
  const notTold = others.length - MAX_TOLD;
  const left = notTold > 0 ? [`${notTold} more records share an id with it.`] : [];
  return [answerAbout(own), ...others.slice(0, MAX_TOLD), ...left].join(' ');
}

function answerAbout(stories: readonly Story[]): string {
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
  if (outcomes.length > 0) return tellOutcomes(story);
  if (status !== null || (reads && calls.length === 0)) return { text: unheardText(story), rank: 1 };
  const call = failedCall(calls) ?? calls.toSorted(byTime).find((each) => !isFailed(each)) ?? calls[0];
  if (!call) return { text: unheardText(story), rank: 2 };
  return { text: callText(call) + webhooksOf(call), rank: isFailed(call) ? 1 : 3 };
}

/** Outcomes of events that are not in the story. */
function tellOutcomes(story: Story): Told {
  const final = finalOutcomes(story).others.toSorted(byAttempt);
  const outcome = final.find(({ status }) => status === 'failed') ?? final[0];
  if (!outcome) return { text: unheardText(story), rank: 2 };
  const { event_id: id, contract_id: contract } = outcome;
  const isOfSharedId = id !== null && story.sharedIds.has(id);
  const of =
    contract === null || contract === story.contract || story.sameId === null ? '' : ` of ${contract}`;
  const what = isOfSharedId ? id : (outcome.activity ?? 'an event');
  const why = isOfSharedId
    ? 'several events share this id, so it may be about any of them'
    : story.hasMore === true
      ? 'the webhook itself is not among those read'
      : 'the webhook itself is not in the log';
  return {
    text: `Your integration ${outcomeText[outcome.status]} ${what}${of}${reasonOf(outcome)}; ${why}`,
    rank: outcome.status === 'failed' ? 0 : 2,
  };
}

/** The events, and apart from them the failures that name none of them. */
function tellEvents(story: Story): Told {
  const { last, others } = finalOutcomes(story);
  const failed = others.filter((outcome) => outcome.status === 'failed');
  const rest = others.filter((outcome) => outcome.status !== 'failed');
  const told = tellOwn(story, last, rest);
  if (failed.length === 0) return told;
  return { text: `${told.text}; ${otherFailureText(failed, story)}`, rank: Math.min(told.rank, 1) };
}

function tellOwn(
  story: Story,
  last: ReadonlyMap<string, FoundOutcome>,
  others: readonly FoundOutcome[],
): Told {
  const { events, calls, missing, status } = story;
  // SpotDraft sent again what could not be stored at first.
  const refused = story.refused.filter(
    ({ rejection, received_at: at }) =>
      rejection !== 'not_stored' || !events.some((event) => event.received_at >= at),
  );
  const arrived = arrivedText(story);
  const named = (wanted: FoundOutcome['status']) =>
    events.flatMap((event) => {
      const outcome = last.get(event.id);
      return outcome?.status === wanted ? [{ event, outcome }] : [];
    });
  const [failed, retrying, skipped] = [named('failed'), named('retrying'), named('skipped')];
  const [worst] = failed;
  if (worst) {
    const more = failed.length > 1 ? ` and ${failed.length - 1} more` : '';
    return {
      text: `${arrived}, but your integration failed to process ${events.length === 1 ? 'it' : activityOf(worst.event, story)}${more}${reasonOf(worst.outcome)}`,
      rank: 0,
    };
  }
  const all = events.length === 1 ? 'it' : events.length === 2 ? 'both' : 'all of them';
  const isDone = named('processed').length === events.length && story.hasMore === false;
  const begin = isDone ? `${arrived}, and your integration processed ${all}` : arrived;
  if (missing.length > 0) {
    const says = status === null ? '' : `, though SpotDraft says that the contract is ${statusText(status)}`;
    return { text: `${begin}; ${list(missing)} did not arrive${says}`, rank: 1 };
  }
  if (refused.length > 0)
    return { text: `${begin}; ${lowerFirst(refusedText({ ...story, refused }))}`, rank: 1 };
  const call = failedCall(calls);
  if (call) return { text: `${begin}; ${lowerFirst(callText(call))}`, rank: 1 };
  const [waiting] = retrying;
  if (waiting)
    return {
      text: `${arrived}; your integration could not process ${events.length === 1 ? 'it' : activityOf(waiting.event, story)} yet and will retry${reasonOf(waiting.outcome)}`,
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
    const mayBe = events.some((event) => nearness(stray, event, story.names) !== null);
    const what =
      stray.event_id === null
        ? `${stray.activity ?? 'an event'}${mayBe ? `, which may be ${events.length === 1 ? 'this one' : 'one of them'},` : ' of another time'}`
        : `${stray.event_id}, another event,`;
    const [only] = silent;
    const which =
      events.length === 1
        ? 'this one'
        : silent.length === 1 && only
          ? activityOf(only, story)
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
      text: `${arrived}; your integration reported no outcome of ${silent.length === 1 ? activityOf(quiet, story) : `${silent.length} of them`}`,
      rank: 2,
    };
  if (skipped.length === events.length)
    return { text: `${arrived}; your integration skipped ${all}${reasonOf(skipped[0]?.outcome)}`, rank: 3 };
  const [passed] = skipped;
  if (passed)
    return {
      text: `${arrived}; your integration skipped ${skipped.length === 1 ? activityOf(passed.event, story) : `${skipped.length} of them`} and processed the rest`,
      rank: 3,
    };
  return { text: `${arrived}; your integration processed ${all}`, rank: 4 };
}

function refusedText({ refused, hasMore, events }: Pick<Story, 'refused' | 'hasMore' | 'events'>): string {
  const [first] = refused;
  if (!first) return '';
  const { rejection, activity } = first;
  const one = refused.length === 1;
  const number =
    hasMore === false ? refused.length : `${hasMore ? 'More than' : 'At least'} ${refused.length}`;
  const how = isSignatureRejection(rejection) ? '' : ` with ${statusOf(first)}`;
  const isRepeat = events.some((event) => event.activity !== null && event.activity === activity);
  const what = one
    ? `${isRepeat ? 'Another ' : ''}${activity ?? 'A delivery'} was refused${how}`
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

export const statusText = (status: string): string => status.toLowerCase().replaceAll('_', ' ');

const list = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

/** Names of activities keep their capitals. */
const lowerFirst = (text: string): string =>
  /^[A-Z][a-z ]/.test(text) ? `${text.charAt(0).toLowerCase()}${text.slice(1)}` : text;
