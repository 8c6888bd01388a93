import type { ListedEvent } from '../events/find/list-events.ts';
import { statusOf } from '../events/log/refusal-text.ts';
import type { LoggedDelivery } from '../store/deliveries.ts';
import type { EventWithDeliveries } from '../store/find.ts';

export const iso = (at: number): string => new Date(at).toISOString();

/** An event with its deliveries in the JSON of `find` and `events`. The names are a contract. */
export const eventJson = (event: EventWithDeliveries): object => ({
  id: event.id,
  environment: event.environment,
  activity: event.activity,
  contractId: event.contract_id,
  occurredAt: event.occurred_at === null ? null : iso(event.occurred_at),
  deliveries: event.deliveries.map(deliveryJson),
  ...(event.deliveryCount > event.deliveries.length
    ? { deliveriesLeftOut: event.deliveryCount - event.deliveries.length }
    : {}),
  unread: event.notes.unread,
  sharedIds: event.notes.sharedIds,
});

const deliveryJson = (delivery: LoggedDelivery, index: number): object => ({
  id: delivery.id,
  receivedAt: iso(delivery.received_at),
  verified: delivery.rejection === null,
  requestId: delivery.request_id,
  duplicate: index > 0,
  ...(delivery.rejection === null
    ? {}
    : {
        rejection: delivery.rejection,
        status: statusOf(delivery),
        signedWith: delivery.signed_with,
        detail: delivery.detail,
        alike: delivery.alike,
      }),
});

/** The same names for an entry without an event: a refused delivery, or a failed outcome whose event never arrived. */
export function listedEventJson({ event, refused, outcome }: ListedEvent): object {
  if (event) return eventJson(event);
  return {
    // Without an event the entry is known by its delivery or outcome; `find` takes these too.
    id: outcome?.event_id ?? outcome?.id ?? refused?.id,
    environment: refused?.environment ?? outcome?.environment,
    activity: outcome?.activity ?? refused?.activity ?? null,
    contractId: outcome?.contract_id ?? null,
    occurredAt: outcome?.occurred_at ? iso(outcome.occurred_at) : null,
    deliveries: refused ? [deliveryJson(refused, 0)] : [],
    unread: null,
    sharedIds: [],
  };
}
