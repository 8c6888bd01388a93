import * as z from 'zod';
import type { OutcomeRow } from '../../store/tables/event-log.ts';
import { derivedId } from '../../text/ids.ts';
import {
  activity,
  anyTime,
  code,
  contractId,
  type IntakeRules,
  id,
  integer,
  keyword,
  recentTime,
  requestId,
} from './fields.ts';
import { invalidValue } from './invalid-value.ts';

export const outcomeStatuses = ['processed', 'failed', 'skipped', 'retrying'] as const;
const MESSAGE = 'text of at most 2000 characters';

/** Schema of a line that reports the outcome of an event in the integration. */
export const outcomeSchema = (rules: IntakeRules) =>
  z.strictObject({
    id: id(rules),
    at: recentTime(rules),
    status: keyword(outcomeStatuses, (text) => text.toLowerCase()),
    attempt: integer(1, 1000).nullish(),
    eventId: id(rules).nullish(),
    contractId: contractId().nullish(),
    activity: activity().nullish(),
    occurredAt: anyTime().nullish(),
    requestId: requestId(rules),
    code: code().nullish(),
    message: z
      .string({ error: invalidValue(MESSAGE) })
      .max(2000, { error: invalidValue(MESSAGE) })
      .nullish(),
  });

export type OutcomeLine = z.output<ReturnType<typeof outcomeSchema>>;

/** Why a line names no event; null when it names one by id, or by contract, activity and time. */
export function missingEvent(line: Record<string, unknown>): string | null {
  const absent = ['contractId', 'activity', 'occurredAt'].filter((field) => (line[field] ?? null) === null);
  if ((line.eventId ?? null) !== null || absent.length === 0) return null;
  const missing = absent.length === 3 ? 'all are missing' : `missing: ${absent.join(' and ')}`;
  return `no event is named: give eventId, or contractId, activity and occurredAt (${missing})`;
}

export const toOutcome = (line: OutcomeLine, { environment, payloads }: IntakeRules): OutcomeRow => ({
  id: derivedId('out', environment, 'own', line.id),
  own_id: line.id,
  environment,
  at: line.at,
  status: line.status,
  attempt: line.attempt ?? 1,
  event_id: line.eventId ?? null,
  contract_id: line.contractId?.id ?? null,
  activity: line.activity ?? null,
  occurred_at: line.occurredAt ?? null,
  request_id: line.requestId ?? null,
  code: line.code ?? null,
  // Free text may name people, so it is stored like a payload.
  message: payloads === 'full' ? (line.message?.toWellFormed() ?? null) : null,
});
