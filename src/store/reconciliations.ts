import type { Selectable } from 'kysely';
import { isYoung } from '../time/age.ts';
import type { ContractIdentifier } from './contract-events.ts';
import type { Database } from './database.ts';
import type { ReconciliationRow } from './tables/event-log.ts';

/** Ids of contracts that SpotDraft lists under a filter. `isWhole`: the list had one page. */
export interface ListedIds {
  ids: string[];
  isWhole: boolean;
}

/** One reading of the contracts that changed in a period, over several hours when they are many. Times are epoch ms. */
export interface Look {
  from: number;
  until: number;
  /** The page to read next. */
  page: number;
  /** Contracts that SpotDraft counted when this pass over the pages began; null before the first page. */
  total: number | null;
  /** Ids of the distinct contracts of this pass. */
  seen: string[];
  /** Contracts that were not uploaded as executed; null: not read yet. */
  drawnUp: ListedIds | null;
  /** Contracts that were uploaded as executed; null: not read, because the others could all be read. */
  uploaded: ListedIds | null;
  /** Contracts older than the log that were executed since; null: not read yet. */
  dated: ListedIds | null;
  /** Contracts of this look that were not compared, by reason. */
  left: Partial<Record<string, number>>;
}

/** A contract of which nothing certain can be said yet. */
export interface Doubt {
  contract: string;
  ids: ContractIdentifier[];
  why: string;
  /** Epoch ms. */
  at: number;
}

/** State that the comparison of an environment keeps from hour to hour. Times are epoch ms. */
export interface ReconciliationProgress {
  /** Since when the config names the activity, as far as Envcheck saw. */
  expectedSince: number;
  /** The log lacks events from before this time: they were pruned, or not expected. */
  completeSince: number;
  /** Contracts that last changed before this time are not compared; null before the first reading. */
  comparedFrom: number | null;
  /** The number of a contract that its webhooks were seen to carry. */
  numbering: 'link' | 'composite' | 'reference' | null;
  look: Look | null;
  /** The newest complete look: when it ended, and the executed contracts in it. */
  last: { at: number; contracts: number } | null;
  doubts: Doubt[];
}

export type Reconciliation = Selectable<ReconciliationRow>;

/** A comparison is begun this long after the one before, ms. */
const EVERY_MS = 3_600_000;
/** A comparison makes a few reads. One that takes longer than this was killed, ms. */
const LONGEST_MS = 5 * 60_000;

/** In `unread` while a comparison is under way, and after the process that made it was killed. */
const UNDER_WAY = 'it is under way, or its process was stopped: then it begins again within minutes';

/**
 * Claims the comparison of an environment when it is due; returns the row as it was. Only one process can have it: null for the
 * others. `now`: epoch ms.
 */
export async function claimReconciliation(
  db: Database,
  environment: string,
  now: number,
): Promise<{ earlier: Reconciliation | null } | null> {
  const earlier = (await reconciliationOf(db, environment)) ?? null;
  if (earlier === null) {
    const { numInsertedOrUpdatedRows } = await db
      .insertInto('reconciliations')
      .values({ environment, tried_at: now, read_until: null, notes: null, unread: UNDER_WAY })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    return numInsertedOrUpdatedRows === 1n ? { earlier } : null;
  }
  if (isYoung(earlier.tried_at, now, earlier.unread === UNDER_WAY ? LONGEST_MS : EVERY_MS)) return null;
  const { numUpdatedRows } = await db
    .updateTable('reconciliations')
    .set({ tried_at: now, paused: 0, unread: UNDER_WAY })
    .where('environment', '=', environment)
    .where('tried_at', '=', earlier.tried_at)
    .executeTakeFirst();
  return numUpdatedRows === 1n ? { earlier } : null;
}

/** Notes that all other environments do not expect the activity now. */
export const pauseOthers = async (db: Database, environments: readonly string[]): Promise<void> =>
  void (await db
    .updateTable('reconciliations')
    .set({ paused: 1 })
    .where('paused', '=', 0)
    .where('environment', 'not in', environments)
    .execute());

export const reconciliationOf = (db: Database, environment: string): Promise<Reconciliation | undefined> =>
  db.selectFrom('reconciliations').selectAll().where('environment', '=', environment).executeTakeFirst();

/** null before the first comparison, and in rows of earlier versions. */
export const progressOf = (row: Pick<Reconciliation, 'progress'> | null): ReconciliationProgress | null =>
  JSON.parse(row?.progress ?? 'null') as ReconciliationProgress | null;

export interface ReconciliationResult {
  read_until: number | null;
  notes: string[] | null;
  unread: string | null;
  progress: ReconciliationProgress;
}

/** Keeps the result of the comparison that was begun at `triedAt`; a newer one is not replaced. */
export const saveReconciliation = async (
  db: Database,
  environment: string,
  triedAt: number,
  { notes, progress, ...result }: ReconciliationResult,
): Promise<void> =>
  void (await db
    .updateTable('reconciliations')
    .set({ ...result, notes: JSON.stringify(notes), progress: JSON.stringify(progress) })
    .where('environment', '=', environment)
    .where('tried_at', '=', triedAt)
    .execute());

/** Says why the comparison that was begun at `triedAt` ended without a result. */
export const failReconciliation = async (
  db: Database,
  environment: string,
  triedAt: number,
  unread: string,
): Promise<void> =>
  void (await db
    .updateTable('reconciliations')
    .set({ unread })
    .where('environment', '=', environment)
    .where('tried_at', '=', triedAt)
    .execute());
