import { sql } from 'kysely';
import type { Database } from './database.ts';
import type { ReconciliationRow } from './tables/event-log.ts';
import type { Transaction } from './transaction.ts';

/** One identifier under which the log may hold a contract's events. */
export interface ContractIdentifier {
  kind: 'contract' | 'reference';
  value: string;
}

/** Claims the comparison of an environment unless one began after `before`. Only one process can have it. Times are epoch ms. */
export async function claimReconciliation(
  db: Database,
  environment: string,
  { now, before }: { now: number; before: number },
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('reconciliations')
    .values({ environment, tried_at: now, read_until: null, notes: null, unread: null })
    .onConflict((conflict) =>
      conflict
        .column('environment')
        .doUpdateSet({ tried_at: now })
        .where('reconciliations.tried_at', '<=', before),
    )
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

export const reconciliationOf = (db: Database, environment: string): Promise<ReconciliationRow | undefined> =>
  db.selectFrom('reconciliations').selectAll().where('environment', '=', environment).executeTakeFirst();

/** Keeps the result of the comparison that was begun at `tried_at`; a newer one is not replaced. */
export const saveReconciliation = async (
  db: Database | Transaction,
  { environment, tried_at, ...result }: ReconciliationRow,
): Promise<void> =>
  void (await db
    .updateTable('reconciliations')
    .set(result)
    .where('environment', '=', environment)
    .where('tried_at', '=', tried_at)
    .execute());

export interface MissingEvent {
  contract: string;
  activity: string;
  ids: ContractIdentifier[];
  /** Epoch ms. */
  noticedAt: number;
}

/** Stores missing events; returns those that are new. Those noticed before `horizon` (epoch ms) are forgotten. */
export async function saveMissingEvents(
  transaction: Transaction,
  environment: string,
  missing: readonly MissingEvent[],
  horizon: number,
): Promise<MissingEvent[]> {
  await transaction
    .deleteFrom('missing_events')
    .where('environment', '=', environment)
    .where('noticed_at', '<', horizon)
    .execute();
  const added: MissingEvent[] = [];
  for (const each of missing) {
    const { contract, activity, ids, noticedAt } = each;
    const { numInsertedOrUpdatedRows } = await transaction
      .insertInto('missing_events')
      .values({ environment, contract, activity, ids: JSON.stringify(ids), noticed_at: noticedAt })
      .onConflict((conflict) => conflict.columns(['environment', 'contract', 'activity']).doNothing())
      .executeTakeFirst();
    if (numInsertedOrUpdatedRows === 1n) added.push(each);
  }
  return added;
}

/** Events that were missing when they were looked for, oldest first. `arrivedAt`: when they came after all, epoch ms. */
export async function listMissingEvents(
  db: Database,
  environment: string,
  activity: string,
  since: number,
): Promise<(MissingEvent & { arrivedAt: number | null })[]> {
  const rows = await db
    .selectFrom('missing_events')
    .selectAll()
    .where('environment', '=', environment)
    .where('activity', '=', activity)
    .where('noticed_at', '>=', since)
    .orderBy('noticed_at')
    .orderBy('contract')
    .execute();
  const missing = rows.map(
    ({ contract, ids, noticed_at: noticedAt }): MissingEvent => ({
      contract,
      activity,
      ids: JSON.parse(ids),
      noticedAt,
    }),
  );
  const known = await eventsOfContracts(
    db,
    environment,
    missing.flatMap(({ ids }) => ids),
  );
  return missing.map((each) => ({
    ...each,
    arrivedAt: firstOf(
      each.ids.flatMap(({ kind, value }) => known.get(`${kind} ${value}`) ?? []),
      activity,
    ),
  }));
}

const firstOf = (events: readonly KnownEvent[], activity: string): number | null =>
  events
    // An event without one activity may be it.
    .filter((event) => event.activity === activity || event.activity === null)
    .reduce<number | null>((first, { at }) => (first === null || at < first ? at : first), null);

/** The first event of an activity of one contract. */
export interface KnownEvent {
  /** null: none or several could be read. */
  activity: string | null;
  /** When it arrived first, epoch ms. */
  at: number;
}

/** Identifiers of one query. */
const BATCH = 300;

/** The activities that the log has of these contracts, by `kind value`. */
export async function eventsOfContracts(
  db: Database,
  environment: string,
  ids: readonly ContractIdentifier[],
): Promise<Map<string, KnownEvent[]>> {
  const found = new Map<string, KnownEvent[]>();
  for (let from = 0; from < ids.length; from += BATCH) {
    const values = ids.slice(from, from + BATCH).map(({ kind, value }) => sql`(${kind}, ${value})`);
    const { rows } = await sql<KnownEvent & { id: string }>`
      select identifiers.kind || ' ' || identifiers.value as id, events.activity, min(events.received_at) as at
      from (values ${sql.join(values)}) as wanted cross join identifiers cross join events
      where identifiers.value = wanted.column2 and identifiers.kind = wanted.column1
        and events.key = identifiers.event_key and events.environment || '' = ${environment}
      group by identifiers.kind, identifiers.value, events.activity`.execute(db);
    for (const { id, ...event } of rows) found.set(id, [...(found.get(id) ?? []), event]);
  }
  return found;
}

/** Contracts are counted up to this number: the comparison needs to know of a few. */
export const MAX_COUNTED = 100;

/** Number of contracts whose events of an activity arrived since `since` (epoch ms), counted up to 100. */
export async function countContractsOf(
  db: Database,
  environment: string,
  activity: string,
  since: number,
): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) as count from (
    select distinct contract_id from events where environment = ${environment} and activity = ${activity}
      and received_at >= ${since} and contract_id is not null limit ${MAX_COUNTED})`.execute(db);
  return rows[0]?.count ?? 0;
}

/** When the oldest kept delivery of an environment was verified, epoch ms; null when there is none. */
export async function oldestVerifiedAt(db: Database, environment: string): Promise<number | null> {
  const row = await db
    .selectFrom('deliveries')
    .select('received_at')
    .where('environment', '=', environment)
    .where('rejection', 'is', null)
    .orderBy('received_at')
    .limit(1)
    .executeTakeFirst();
  return row?.received_at ?? null;
}
