import { isFree } from './claim-owner.ts';
import type { Database } from './database.ts';
import type { Transaction } from './transaction.ts';

/** How long a process that no longer renews it decides about the reports, where processes cannot see each other, ms. */
const KEEP_MS = 5 * 60_000;

/** `yes`: this process decides. `due`: it has to renew that. `free`: it may take over, because the one that decided is gone. */
export async function keepsReports(
  db: Database,
  owner: string,
  now: number,
): Promise<'yes' | 'due' | 'free' | 'no'> {
  const keeper = await db.selectFrom('report_keeper').selectAll().executeTakeFirst();
  if (keeper?.owner === owner) {
    const left = keeper.until - now;
    return left > KEEP_MS / 2 && left <= KEEP_MS ? 'yes' : 'due';
  }
  return keeper === undefined || isFree(keeper, now, KEEP_MS) ? 'free' : 'no';
}

export const keepReports = async (db: Database, owner: string, now: number): Promise<void> => {
  const claim = { owner, until: now + KEEP_MS };
  await db
    .insertInto('report_keeper')
    .values({ key: 1, ...claim })
    .onConflict((conflict) => conflict.column('key').doUpdateSet(claim))
    .execute();
};

/** Lets another process that runs decide at once. */
export const leaveReports = async (db: Database | Transaction, owner: string): Promise<void> =>
  void (await db.deleteFrom('report_keeper').where('owner', '=', owner).execute());
