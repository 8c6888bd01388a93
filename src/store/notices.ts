import type { Database } from './database.ts';
import { pack, unpack } from './packed-json.ts';
import type { Transaction } from './transaction.ts';

/** An announcement about an environment, open until every check in it has stopped failing. Times are epoch ms UTC. */
export interface Notice {
  /** `ntc_…` */
  id: string;
  environment: string;
  production: boolean;
  /** `checks`: blocking checks that passed before and fail now. `unknown`: no verdict for the environment. */
  kind: 'checks' | 'unknown';
  /** Time of the first report that showed it. */
  since: number;
  announcedAt: number;
  closedAt: number | null;
  /** The config no longer has the environment, and the notice was closed for that. */
  isGone?: true;
  /** Empty for the kind `unknown`. */
  checks: NoticeCheck[];
  /** Why there is no verdict. Null for the kind `checks`. */
  reason: string | null;
  remedy: string | null;
}

export interface NoticeCheck {
  id: string;
  title: string;
  expected: string;
  actual: string;
  remedy: string | null;
  /** `unclear`: unknown in the last report, so not resolved. The last three mean that the check no longer fails. */
  state: 'failing' | 'unclear' | 'passes' | 'accepted' | 'not judged';
}

/** The state that is kept about an environment from report to report. */
export interface WatchState {
  /** Blocking checks by id, as last known: an unknown check keeps its state. */
  checks: Record<string, WatchedCheck>;
  unknownSince: number | null;
}

export interface WatchedCheck {
  last: 'pass' | 'fail';
  /** Set while the check fails after it had passed: how many reports showed that, and the time of the first. */
  failing: { since: number; reports: number } | null;
}

/** A notice with its announcements. */
export interface StoredNotice {
  notice: Notice;
  /** `obx_…` of the announcement in each channel. */
  places: { channel: string; message: string }[];
  /** The last enqueued message, as JSON. */
  shown: string;
  /** Number of edits and replies. */
  edits: number;
}

export interface StoredWatch {
  /** The newest report that was applied. */
  report: string;
  checkedAt: number;
  state: WatchState;
}

/** Null before the first report of the environment. */
export async function watchOf(db: Database, environment: string): Promise<StoredWatch | null> {
  const row = await db
    .selectFrom('watched')
    .selectAll()
    .where('environment', '=', environment)
    .executeTakeFirst();
  return row
    ? { report: row.report, checkedAt: row.checked_at, state: unpack(row.state) as WatchState }
    : null;
}

export async function saveWatch(
  transaction: Transaction,
  environment: string,
  { report, checkedAt, state }: StoredWatch,
): Promise<void> {
  const values = { report, checked_at: checkedAt, state: pack(state) };
  await transaction
    .insertInto('watched')
    .values({ environment, ...values })
    .onConflict((conflict) => conflict.column('environment').doUpdateSet(values))
    .execute();
}

/** Open notices, oldest first. The environment may have been renamed since they were stored. */
async function openNoticesOf(
  transaction: Transaction,
  environments: { in: readonly string[] } | { notIn: readonly string[] },
): Promise<StoredNotice[]> {
  const open = transaction
    .selectFrom('notices')
    .select(['environment', 'content'])
    .where('closed_at', 'is', null)
    .orderBy('announced_at');
  const rows = await ('in' in environments
    ? open.where('environment', 'in', environments.in)
    : open.where('environment', 'not in', environments.notIn)
  ).execute();
  return rows.map(({ environment, content }) => {
    const stored = unpack(content) as StoredNotice;
    return { ...stored, notice: { ...stored.notice, environment } };
  });
}

/** Open notices of an environment, oldest first. */
export const openNotices = (transaction: Transaction, environment: string): Promise<StoredNotice[]> =>
  openNoticesOf(transaction, { in: [environment] });

/** Open notices of every environment but these, oldest first. */
export const noticesOfOthers = (
  transaction: Transaction,
  environments: readonly string[],
): Promise<StoredNotice[]> => openNoticesOf(transaction, { notIn: environments });

/** Deletes what is kept from report to report of every environment but these. */
export const forgetWatches = async (
  transaction: Transaction,
  environments: readonly string[],
): Promise<void> =>
  void (await transaction.deleteFrom('watched').where('environment', 'not in', environments).execute());

/** Inserts the notice or replaces it. */
export async function saveNotice(transaction: Transaction, stored: StoredNotice): Promise<void> {
  const { id, environment, announcedAt, closedAt } = stored.notice;
  const values = { closed_at: closedAt, content: pack(stored) };
  await transaction
    .insertInto('notices')
    .values({ id, environment, announced_at: announcedAt, ...values })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(values))
    .execute();
}
