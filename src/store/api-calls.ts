import { type Selectable, sql } from 'kysely';
import type { Database } from './database.ts';
import { type Slice, slicesWithRows } from './slices.ts';
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
      ...contractOf(call.path),
    })
    .execute();
}

const CONTRACT = /\/contracts\/[TH]-(\d{1,15})[A-Z]?(?:\/|$)/i;

/** The contract that a path names by its composite id, whose number may be another contract's internal id. */
function contractOf(path: string): Pick<LoggedCall, 'contract_id' | 'contract_id_exact'> {
  const number = CONTRACT.exec(path)?.[1];
  return number === undefined
    ? { contract_id: null, contract_id_exact: null }
    : { contract_id: Number(number), contract_id_exact: 0 };
}

/** A call by Envcheck or by the integration. */
export type LoggedCall = Selectable<ApiCallRow>;

/** The slices of a period in which the integration reported calls. */
const reportedSlices = (
  db: Database,
  environment: string,
  period: { since: number; until: number },
): AsyncGenerator<Slice> =>
  slicesWithRows(period, async ({ from, to }) => {
    const { rows } = await sql<{ at: number }>`select at from api_calls
      where environment = ${environment} and reporter = 'integration' and at >= ${from} and at < ${to}
      order by at desc limit 1`.execute(db);
    return rows[0]?.at ?? null;
  });

// A redirect and 404 may come from a wrong host or path.
const accepted = sql`status >= 200 and status not between 300 and 399 and status not in (401, 403, 404)`;

/** Kinds of reported calls. `accepted`: SpotDraft answered, and not with 401, 403, 404 or a redirect. */
const kinds = {
  all: sql`true`,
  unanswered: sql`status is null`,
  refused: sql`status in (401, 403)`,
  misled: sql`(status < 200 or status between 300 and 399 or status = 404)`,
  accepted,
  identified: sql`(${accepted} and request_id is not null)`,
  // More than one attempt states the number in rows that are older than the column, too.
  retried: sql`(${accepted} and attempts > 1)`,
  stated: sql`(${accepted} and (attempts > 1 or retries_stated = 1))`,
  undecided: sql`(${accepted} and retries_stated is null)`,
};

/** The calls of each kind that the integration reported in a period: their number, and the newest. */
export type ReportedCalls = Record<keyof typeof kinds, { count: number; newest: LoggedCall | null }>;

/** Counts the reported calls from `since` to `until`, epoch ms UTC, both included. */
export async function reportedCalls(
  db: Database,
  environment: string,
  period: { since: number; until: number },
): Promise<ReportedCalls> {
  const names = Object.keys(kinds) as (keyof typeof kinds)[];
  const reported = Object.fromEntries(
    names.map((name) => [name, { count: 0, newest: null }]),
  ) as ReportedCalls;
  const counts = sql.join(
    names.map((name) => sql`count(*) filter (where ${kinds[name]}) as ${sql.ref(name)}`),
  );
  for await (const { from, to } of reportedSlices(db, environment, period)) {
    const within = sql`from api_calls where environment = ${environment} and reporter = 'integration'
      and at >= ${from} and at < ${to}`;
    const { rows } = await sql<Record<keyof typeof kinds, number>>`select ${counts} ${within}`.execute(db);
    for (const name of names) {
      const count = rows[0]?.[name] ?? 0;
      reported[name].count += count;
      if (count === 0 || reported[name].newest !== null) continue;
      const newest =
        await sql<LoggedCall>`select * ${within} and ${kinds[name]} order by at desc limit 1`.execute(db);
      reported[name].newest = newest.rows[0] ?? null;
    }
  }
  return reported;
}

/** The newest call that the integration reported before `until`, epoch ms UTC. */
export async function newestReportedCall(
  db: Database,
  environment: string,
  until: number,
): Promise<LoggedCall | null> {
  const { rows } = await sql<LoggedCall>`select * from api_calls where environment = ${environment}
    and reporter = 'integration' and at <= ${until} order by at desc limit 1`.execute(db);
  return rows[0] ?? null;
}

/** Calls to one host whose paths begin alike. */
export interface CallTarget {
  /** null when the calls do not name it. */
  host: string | null;
  /** Beginning of the path: `/api/v2.1/public`; empty when the path is not complete. */
  start: string;
  /** True for calls after `recent`. */
  isRecent: boolean;
  count: number;
  newest: Pick<LoggedCall, 'call_id' | 'method' | 'path' | 'status' | 'attempts' | 'duration_ms' | 'at'>;
}

/**
 * Hosts and beginnings of the paths of all calls that the integration reported from `since` to `until` (epoch ms UTC, both
 * included), each with its newest call. `recent`: epoch ms UTC.
 */
export async function callTargets(
  db: Database,
  environment: string,
  { since, until, recent }: { since: number; until: number; recent: number },
): Promise<CallTarget[]> {
  // The rest of a path holds ids, so that grouping by whole paths would return nearly every row.
  const { rows } = await sql<
    Omit<CallTarget, 'newest' | 'isRecent'> & CallTarget['newest'] & { is_recent: 0 | 1 }
  >`
    with calls as (
      select *, substr(path, 1, instr(path || '?', '?') - 1) as p
      from api_calls
      where environment = ${environment} and reporter = 'integration' and at >= ${since} and at <= ${until}
    ), after_api as (
      select *, iif(instr(lower(p), '/api/') > 0, ltrim(substr(p, instr(lower(p), '/api/') + 5), '/'), null) as version_on from calls
    ), after_second as (
      select *, iif(lower(substr(version_on, 1, 4)) = 'api/', ltrim(substr(version_on, 5), '/'), version_on) as v from after_api
    ), rests as (
      select *, substr(v, instr(v || '/', '/')) as rest from after_second
    ), starts as (
      select *, case
        when v is null then iif(lower(p) glob '/v[0-9]*' or lower(p) glob '/public/v[0-9]*', substr(p, 1, 24), '')
        when lower(ltrim(rest, '/')) || '/' glob 'public/*' then substr(p, 1, length(p) - length(ltrim(rest, '/')) + 6)
        else substr(p, 1, length(p) - length(rest))
      end as start from rests
    )
    select host, start, at > ${recent} as is_recent, count(*) as count, max(at) as at,
      call_id, method, path, status, attempts, duration_ms
    from starts group by host, start, is_recent order by max(at) desc, start`.execute(db);
  return rows.map(({ host, start, is_recent, count, ...newest }) => ({
    host,
    start,
    isRecent: is_recent === 1,
    count,
    newest,
  }));
}

/** The path without its query, in small letters, with a slash at the end. */
const plainPath = sql`lower(substr(path, 1, instr(path || '?', '?') - 1)) || '/'`;
const behindContracts = sql`substr(${plainPath}, instr(${plainPath}, '/contracts/') + 10)`;

/**
 * True for a successful call of the integration that created a contract: POST or PUT to a path of contracts without the id of one,
 * such as /contracts/ and /contracts/upload/. Webhooks are below it too.
 */
const creates = sql<boolean>`reporter = 'integration' and method in ('POST', 'PUT') and status between 200 and 299
  and contract_id is not null and instr(${plainPath}, '/contracts/') > 0
  and ${behindContracts} not glob '*[^a-z_/-]*' and ${behindContracts} not glob '*/webhooks/*'`;

/** Those of these contracts, given by their internal ids, that the integration reported as created by it. */
export async function createdAmong(
  db: Database,
  environment: string,
  contracts: readonly number[],
): Promise<number[]> {
  if (contracts.length === 0) return [];
  const calls = await db
    .selectFrom('api_calls')
    .select(['contract_id as id', 'environment'])
    .distinct()
    // Only the index by contract serves this: one environment may have millions of calls.
    .where('contract_id', 'in', contracts)
    .where('contract_id_exact', '=', 1)
    .where(creates)
    .execute();
  return calls.flatMap((call) => (call.environment === environment && call.id !== null ? [call.id] : []));
}

/** A contract that the integration reported as created. */
export interface CreatedContract {
  id: number;
  /** False when `id` is only the number of a composite id, which may be another contract's internal id. */
  isExact: boolean;
  /** Id of the external record that the call named. */
  externalId: string | null;
}

/** Contracts that the integration reported as created in a period (epoch ms UTC, both ends included). */
export async function createdContracts(
  db: Database,
  environment: string,
  period: { since: number; until: number },
): Promise<CreatedContract[]> {
  const created = new Map<number, CreatedContract>();
  for await (const { from, to } of reportedSlices(db, environment, period)) {
    const { rows } = await sql<{ id: number; is_exact: 0 | 1; external_id: string | null }>`
      select contract_id as id, max(contract_id_exact is 1) as is_exact, max(external_id) as external_id from api_calls
      where environment = ${environment} and at >= ${from} and at < ${to} and ${creates} group by contract_id`.execute(
      db,
    );
    for (const { id, is_exact, external_id } of rows) {
      const newer = created.get(id);
      const isExact = newer?.isExact === true || is_exact === 1;
      created.set(id, { id, isExact, externalId: newer?.externalId ?? external_id });
    }
  }
  return [...created.values()];
}
