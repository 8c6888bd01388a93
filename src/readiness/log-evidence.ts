import type { Source } from '../spotdraft/fact.ts';
import type { CallTarget } from '../store/api-calls.ts';
import type { LoggedDelivery } from '../store/deliveries.ts';

/** A logged call as evidence; `find` accepts its id. */
export const callEvidence = (call: CallTarget['newest']): Source => ({
  callId: call.call_id,
  method: call.method,
  path: call.path,
  status: call.status,
  attempts: call.attempts,
  ms: call.duration_ms,
  at: call.at,
});

/** A logged delivery as evidence: the request that the receiver got and the status it answered. */
export const deliveryEvidence = ({ id, environment, rejection, received_at }: LoggedDelivery): Source => ({
  callId: id,
  method: 'POST',
  path: `/webhooks/${environment}`,
  status: rejection === null ? 200 : 401,
  attempts: 1,
  ms: 0,
  at: received_at,
});
