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

/** Filter of calls. Each but `any` has its own partial index. */
type Kind = 'any' | 'reported' | 'retried';

const conditions = {
  any: sql<boolean>`true`,
  reported: sql<boolean>`reporter = 'integration'`,
  retried: sql<boolean>`attempts > 1`,
};

/** The call of this kind that began last; null when the log has none. */
export async function newestCall(db: Database, environment: string, kind: Kind): Promise<LoggedCall | null> {
  const row = await db
    .selectFrom('api_calls')
    .selectAll()
    .where('environment', '=', environment)
    .where(conditions[kind])
    .orderBy('at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}
