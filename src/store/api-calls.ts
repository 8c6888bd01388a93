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

/**
 * Successful POST and PUT calls that the integration reported about these contracts, by their internal ids. The number of a
 * composite id may be another contract.
 */
export async function successfulWrites(
  db: Database,
  environment: string,
  contracts: readonly number[],
): Promise<Pick<LoggedCall, 'contract_id' | 'path'>[]> {
  if (contracts.length === 0) return [];
  const calls = await db
    .selectFrom('api_calls')
    .select(['contract_id', 'path', 'environment'])
    .distinct()
    // Only the index by contract serves this: one environment may have millions of calls.
    .where('contract_id', 'in', contracts)
    .where('contract_id_exact', '=', 1)
    .where('method', 'in', ['POST', 'PUT'])
    .where('status', '>=', 200)
    .where('status', '<', 300)
    .execute();
  return calls.filter((call) => call.environment === environment);
}

/** Reported calls among which one with a contract is searched. */
const MAX_SEARCHED = 5_000;

/** True when one of the newest 5,000 calls that the integration reported since `since` (epoch ms UTC) names a contract. */
export async function namesContracts(db: Database, environment: string, since: number): Promise<boolean> {
  const recent = db
    .selectFrom('api_calls')
    .select('contract_id')
    .where('environment', '=', environment)
    .where(sql<boolean>`reporter = 'integration'`)
    .where('at', '>=', since)
    .orderBy('at', 'desc')
    .limit(MAX_SEARCHED);
  const row = await db
    .selectFrom(recent.as('recent'))
    .select('contract_id')
    .where('contract_id', 'is not', null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
