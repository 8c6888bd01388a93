import type { FindResult } from '../eventlog/find.ts';
import { eventJson, iso } from './event-json.ts';

/** The contract of `find --json`: these names and no others. Times are ISO 8601 UTC, durations ms. */
export function findJson(result: FindResult): object {
  const { query, found, matches, ambiguous, events, calls, outcomes, timeline, reason } = result;
  return {
    query,
    found,
    reason: ambiguous
      ? `several ids begin like this: ${matches.map(({ value }) => value).join(', ')}`
      : reason,
    events: events.map(eventJson),
    calls: calls.map((call) => ({
      callId: call.call_id,
      ownId: call.own_id,
      environment: call.environment,
      reporter: call.reporter,
      at: iso(call.at),
      method: call.method,
      path: call.path,
      status: call.status,
      attempts: call.attempts,
      durationMs: call.duration_ms,
      failure: call.failure,
      requestId: call.request_id,
      contractId: call.contract_id,
      externalId: call.external_id,
    })),
    outcomes: outcomes.map((outcome) => ({
      id: outcome.id,
      ownId: outcome.own_id,
      environment: outcome.environment,
      at: iso(outcome.at),
      status: outcome.status,
      attempt: outcome.attempt,
      eventId: outcome.event_id,
      contractId: outcome.contract_id,
      activity: outcome.activity,
      occurredAt: outcome.occurred_at === null ? null : iso(outcome.occurred_at),
      requestId: outcome.request_id,
      code: outcome.code,
      message: outcome.message,
    })),
    timeline: timeline.map(({ at, kind, id, summary }) => ({ at: iso(at), kind, id, summary })),
  };
}
