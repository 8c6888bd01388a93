import type { LoggedCall } from '../../store/api-calls.ts';
import type { FoundOutcome } from '../../store/find.ts';

const iso = (at: number): string => new Date(at).toISOString();

/** The JSON form of an API call in `find` and `export`. Times are ISO 8601 UTC. */
export const callRecord = (call: LoggedCall) => ({
  callId: call.call_id,
  at: iso(call.at),
  environment: call.environment,
  reporter: call.reporter,
  method: call.method,
  path: call.path,
  status: call.status,
  attempts: call.attempts,
  durationMs: call.duration_ms,
  failure: call.failure,
  ownId: call.own_id,
  requestId: call.request_id,
  contractId: call.contract_id,
  externalId: call.external_id,
});

/** The JSON form of an outcome in `find` and `export`. */
export const outcomeRecord = (outcome: FoundOutcome) => ({
  outcomeId: outcome.id,
  at: iso(outcome.at),
  environment: outcome.environment,
  status: outcome.status,
  attempt: outcome.attempt,
  eventId: outcome.event_id,
  contractId: outcome.contract_id,
  activity: outcome.activity,
  occurredAt: outcome.occurred_at === null ? null : iso(outcome.occurred_at),
  requestId: outcome.request_id,
  code: outcome.code,
  message: outcome.message,
  ownId: outcome.own_id,
});
