import type { EventWithDeliveries, FoundOutcome } from '../../store/find.ts';
import { utcText } from '../../time/since.ts';
import { byTime } from './answer-calls.ts';
import { type NamesOfEvents, nearness } from './event-names.ts';
import type { Story } from './story.ts';

type StoryOfEvents = Pick<Story, 'events' | 'senderIds' | 'names'>;

/** The newest outcome of each event by the event's id, and the newest of each event that is not shown. */
export function finalOutcomes({ outcomes, ...story }: StoryOfEvents & Pick<Story, 'outcomes'>): {
  last: Map<string, FoundOutcome>;
  others: FoundOutcome[];
} {
  const last = new Map<string, FoundOutcome>();
  const others = new Map<string | null, FoundOutcome>();
  for (const outcome of outcomes.toSorted(byAttempt).reverse()) {
    const event = eventOf(outcome, story);
    if (event) last.set(event.id, outcome);
    else {
      const { event_id: id, contract_id: contract, activity, occurred_at: at } = outcome;
      others.set(id ?? `${contract} ${activity} ${at}`, outcome);
    }
  }
  return { last, others: [...others.values()] };
}

/**
 * The event that an outcome is about, if it is among these: the one whose id or request it names, or the nearest one of its contract
 * and activity. An id that several events share names none of them alone.
 */
export function eventOf(
  outcome: FoundOutcome,
  { events, senderIds, names }: StoryOfEvents,
): EventWithDeliveries | undefined {
  const { event_id: id, request_id: request } = outcome;
  const named = events.find(
    (event) =>
      event.id === id ||
      (request !== null && event.deliveries.some((delivery) => delivery.request_id === request)),
  );
  if (named || id === null) return named ?? nearest(outcome, events, names);
  if (isShared(id, events))
    return nearest(
      outcome,
      events.filter(({ notes }) => notes.sharedIds.some(({ value }) => value === id)),
      names,
    );
  return events.find((event) => event.id === senderIds.get(id)) ?? nearest(outcome, events, names);
}

/** The event of the outcome's contract and activity that is nearest to its time; of two at the same distance neither. */
function nearest(
  outcome: FoundOutcome,
  events: readonly EventWithDeliveries[],
  names: NamesOfEvents,
): EventWithDeliveries | undefined {
  const [first, second] = events
    .flatMap((event) => {
      const near = nearness(outcome, event, names);
      return near?.isSure ? [{ event, distance: near.distance }] : [];
    })
    .sort((left, right) => left.distance - right.distance);
  return first?.distance === second?.distance ? undefined : first?.event;
}

/** True for an id that the sender gave to several events: an outcome under it may be about any of them. */
export const isShared = (id: string, events: readonly EventWithDeliveries[]): boolean =>
  events.some(({ notes }) => notes.sharedIds.some(({ value }) => value === id));

/** Newest first. Of two outcomes of one second the later attempt is newer. */
export const byAttempt = (left: FoundOutcome, right: FoundOutcome): number =>
  byTime(left, right) || right.attempt - left.attempt;

export const outcomeText: Record<FoundOutcome['status'], string> = {
  processed: 'processed',
  failed: 'failed to process',
  skipped: 'skipped',
  retrying: 'could not yet process',
};

export function reasonOf(outcome: FoundOutcome | undefined): string {
  if (!outcome) return '';
  const why = [outcome.code, outcome.message].filter((part) => part !== null).join(': ');
  const attempt = outcome.attempt > 1 ? `attempt ${outcome.attempt}` : '';
  const parts = [why, attempt].filter(Boolean).join(', ');
  return parts === '' ? '' : ` (${parts})`;
}

/** A failure that the integration reported besides these events: which one, and why it is not said of any of them. */
export function otherFailureText(failed: readonly FoundOutcome[], story: Story): string {
  const [first, ...more] = failed.toSorted(byAttempt);
  if (!first) return '';
  const others = more.length > 0 ? `, and ${more.length} more` : '';
  return `the integration also reported a failure of ${failedText(first, story)}${others}`;
}

function failedText(outcome: FoundOutcome, { events, names, hasMore }: Story): string {
  const { event_id: id, activity, occurred_at: at } = outcome;
  const why = reasonOf(outcome);
  if (id !== null && isShared(id, events)) return `${id}${why}, an id that several events share`;
  const what = [activity, id, id === null && at !== null ? `of ${utcText(at)}` : null]
    .filter((part) => part !== null)
    .join(' ');
  const mayBe = events.some((event) => nearness(outcome, event, names) !== null);
  if (mayBe) return `${what}${why}, which may be ${events.length === 1 ? 'this one' : 'one of them'}`;
  return `${what}${why}, ${hasMore === false ? 'whose webhook is not in the log' : 'which is none of those shown'}`;
}
