import type { EventWithDeliveries, FoundOutcome } from '../../store/find.ts';
import { byTime } from './answer-calls.ts';
import type { Story } from './story.ts';

/** The newest outcome of each event by the event's id, and the newest of each event that is not shown. */
export function finalOutcomes({ events, outcomes, senderIds }: Story): {
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
export const isShared = (id: string, events: readonly EventWithDeliveries[]): boolean =>
  events.some(({ notes }) => notes.sharedIds.some(({ value }) => value === id));

const describes = (outcome: FoundOutcome, event: EventWithDeliveries): boolean =>
  event.contract_id === outcome.contract_id &&
  event.activity === outcome.activity &&
  event.occurred_at === outcome.occurred_at;

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
