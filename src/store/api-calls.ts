import { type Selectable, sql } from 'kysely';
import type { Database } from './database.ts';
import type { ApiCallRow } from './tables/event-log.ts';

/** One of Envcheck's own calls to SpotDraft. */
export interface OwnCall {
  /** `call_…` */
  callId: string;
  environment: string;
  /** Start of the call, epoch ms UTC. */
  at: number;
  method: string;
  path: string;
  /** null when no answer came. */
  status: number | null;
  attempts: number;
  /** Duration, ms. */
  ms: number;
  /** null when the answer could be used. */
  failure: string | null;
}

export async function insertApiCall(db: Database, call: OwnCall): Promise<void> {
  await db
    .insertInto('api_calls')
    .values({
      call_id: call.callId,
      environment: call.environment,
      at: call.at,
      method: call.method,
      path: call.path,
      status: call.status,
      attempts: call.attempts,
      duration_ms: call.ms,
      failure: call.failure,
    })
    .execute();
}

/** A call by Envcheck or by the integration. */
export type LoggedCall = Selectable<ApiCallRow>;

/** The integration's calls from `since` to `until` (epoch ms UTC, both included), newest first, at most `limit`. */
export const reportedCalls = (
  db: Database,
  environment: string,
  { since, until, limit }: { since: number; until: number; limit: number },
): Promise<LoggedCall[]> =>
  db
    .selectFrom('api_calls')
    .selectAll()
    .where('environment', '=', environment)
    .where(sql<boolean>`reporter = 'integration'`)
    .where('at', '>=', since)
    .where('at', '<=', until)
    .orderBy('at', 'desc')
    .limit(limit)
    .execute();
