import type { ApiCall } from '../spotdraft/client.ts';
import type { Database } from './database.ts';

/** Every call to SpotDraft, ours for now: the guide's item 6 from day one. */
export async function insertApiCall(db: Database, call: ApiCall): Promise<void> {
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

export async function newestApiCall(db: Database, environment: string): Promise<ApiCall | null> {
  const row = await db
    .selectFrom('api_calls')
    .selectAll()
    .where('environment', '=', environment)
    .orderBy('at', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!row) return null;
  return {
    callId: row.call_id,
    environment: row.environment,
    at: row.at,
    method: row.method as ApiCall['method'],
    path: row.path,
    status: row.status,
    attempts: row.attempts,
    ms: row.duration_ms,
    failure: row.failure as ApiCall['failure'],
  };
}
