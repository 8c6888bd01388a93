import type { FindResult } from '../eventlog/find.ts';

export const iso = (at: number): string => new Date(at).toISOString();

/** An event with its deliveries as `find` and `events` print it: these names and no others. */
export const eventJson = (event: FindResult['events'][number]): object => ({
  id: event.id,
  environment: event.environment,
  activity: event.activity,
  contractId: event.contract_id,
  occurredAt: event.occurred_at === null ? null : iso(event.occurred_at),
  deliveries: event.deliveries.map((delivery, index) => ({
    id: delivery.id,
    receivedAt: iso(delivery.received_at),
    verified: delivery.rejection === null,
    requestId: delivery.request_id,
    duplicate: index > 0,
  })),
});
