import { sql } from 'kysely';
import type { ContractIdentifier } from './contract-events.ts';
import type { Database } from './database.ts';
import type { MissingEventRow } from './tables/event-log.ts';
import type { Transaction } from './transaction.ts';

export interface MissingEvent {
  contract: string;
  activity: string;
  ids: ContractIdentifier[];
  /** Epoch ms. */
  noticedAt: number;
  /** The contract changed after this time, epoch ms; null in rows of earlier versions. */
  changedFrom: number | null;
}

/** A missing event with the announcement that names it; null: it was not announced. */
export type StoredMissingEvent = MissingEvent & { notice: string | null };

/** Stores missing events that are new. Those noticed before `horizon` (epoch ms) are forgotten. */
export async function saveMissingEvents(
  transaction: Transaction,
  environment: string,
  missing: readonly MissingEvent[],
  horizon: number,
): Promise<void> {
  await transaction
    .deleteFrom('missing_events')
    .where('environment', '=', environment)
    .where('noticed_at', '<', horizon)
    .execute();
  for (const { contract, activity, ids, noticedAt, changedFrom } of missing)
    await transaction
      .insertInto('missing_events')
      .values({
        environment,
        contract,
        activity,
        ids: JSON.stringify(ids),
        noticed_at: noticedAt,
        changed_from: changedFrom,
        notice: null,
      })
      .onConflict((conflict) => conflict.columns(['environment', 'contract', 'activity']).doNothing())
      .execute();
}

/** Events that were missing when they were looked for, oldest first. */
export async function missingEventsSince(
  db: Database,
  environment: string,
  activity: string,
  since: number,
): Promise<StoredMissingEvent[]> {
  const rows = await db
    .selectFrom('missing_events')
    .selectAll()
    .where('environment', '=', environment)
    .where('activity', '=', activity)
    .where('noticed_at', '>=', since)
    .orderBy('noticed_at')
    .orderBy('contract')
    .execute();
  return rows.map(toMissing);
}

const toMissing = ({
  contract,
  activity,
  ids,
  noticed_at: noticedAt,
  changed_from: changedFrom,
  notice,
}: MissingEventRow): StoredMissingEvent => ({
  contract,
  activity,
  ids: JSON.parse(ids),
  noticedAt,
  changedFrom,
  notice,
});

/** The end of a missing event. `over`: its contract was voided or deleted. `forgotten`: it is older than `log.keep`. `not judged`: the config no longer has the environment. */
export type MissingState = 'missing' | 'unclear' | 'arrived' | 'over' | 'forgotten' | 'not judged';

/** An announcement of missing events. */
export interface MissingNotice {
  /** `ntc_…` */
  id: string;
  contracts: { contract: string; state: MissingState }[];
  /** `obx_…` of the announcement in each channel. */
  places: { channel: string; message: string }[];
  announcedAt: number;
  closedAt: number | null;
  /** Number of edits. */
  edits: number;
}

/** Announcements that still name a missing event, oldest first. */
const openNotices = (db: Database) =>
  db
    .selectFrom('missing_notices')
    .select(['environment', 'content'])
    .where('closed_at', 'is', null)
    .orderBy('id');

export const openMissingNotices = async (db: Database, environment: string): Promise<MissingNotice[]> =>
  (await openNotices(db).where('environment', '=', environment).execute()).map(
    ({ content }) => JSON.parse(content) as MissingNotice,
  );

/** Those of every environment but these. */
export const missingNoticesOfOthers = async (
  transaction: Transaction,
  environments: readonly string[],
): Promise<{ environment: string; notice: MissingNotice }[]> =>
  (await openNotices(transaction).where('environment', 'not in', environments).execute()).map(
    ({ environment, content }) => ({ environment, notice: JSON.parse(content) as MissingNotice }),
  );

/** Inserts the notice or replaces it. */
export async function saveMissingNotice(
  transaction: Transaction,
  environment: string,
  notice: MissingNotice,
): Promise<void> {
  const values = { closed_at: notice.closedAt, content: JSON.stringify(notice) };
  await transaction
    .insertInto('missing_notices')
    .values({ id: notice.id, environment, ...values })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(values))
    .execute();
}

/** Notes which announcement names these contracts; returns those that none names yet. */
export async function markAnnounced(
  transaction: Transaction,
  environment: string,
  contracts: readonly string[],
  notice: string,
): Promise<string[]> {
  const rows = await transaction
    .updateTable('missing_events')
    .set({ notice })
    .where('environment', '=', environment)
    .where('notice', 'is', null)
    .where('contract', 'in', contracts)
    .returning('contract')
    .execute();
  return contracts.filter((contract) => rows.some((row) => row.contract === contract));
}

/** Contracts of missing events whose link in SpotDraft ends with this number. */
export const missingByNumber = async (
  db: Database,
  number: string,
): Promise<{ environment: string; contract: string; activity: string }[]> =>
  (
    await sql<{ environment: string; contract: string; activity: string }>`
      select environment, contract, activity from missing_events
      where exists (select 1 from json_each(ids) where value ->> '$.value' = ${number})`.execute(db)
  ).rows;
