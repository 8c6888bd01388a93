import type { Selectable } from 'kysely';
import { randomId } from '../text/ids.ts';
import type { Database } from './database.ts';
import type { SignOffActRow } from './tables/acts.ts';
import type { Transaction } from './transaction.ts';

/** Changes that voided a signature: their number and the paths that were kept. */
export interface VoidingChanges {
  total: number;
  /** "templates/Order Form/fields/effective_date/type: date → string" */
  shown: string[];
}

/** One recorded act about a checklist item. */
export interface SignOffAct {
  id: string;
  environment: string;
  signOff: string;
  act: SignOffActRow['act'];
  /** Epoch ms UTC. */
  at: number;
  actor: string;
  person: string | null;
  personName: string;
  note: string | null;
  link: string | null;
  title: string;
  snapshot: string | null;
  completeSnapshot: string | null;
  expiresAt: number | null;
  about: string | null;
  changes: VoidingChanges | null;
  remindedAt: number | null;
}

/** Returns the act's `sgn_…` id. */
export async function insertSignOffAct(
  transaction: Transaction,
  act: Omit<SignOffAct, 'id' | 'remindedAt'>,
): Promise<string> {
  const id = randomId('sgn');
  await transaction
    .insertInto('sign_off_acts')
    .values({
      id,
      environment: act.environment,
      sign_off: act.signOff,
      act: act.act,
      at: act.at,
      actor: act.actor,
      person: act.person,
      person_name: act.personName,
      note: act.note,
      link: act.link,
      title: act.title,
      snapshot: act.snapshot,
      complete_snapshot: act.completeSnapshot,
      expires_at: act.expiresAt,
      about: act.about,
      changes: act.changes && JSON.stringify(act.changes),
      reminded_at: null,
    })
    .execute();
  return id;
}

/** All acts of an environment up to `until`, oldest first. */
export async function signOffActs(
  db: Database,
  environment: string,
  until: number = Number.MAX_SAFE_INTEGER,
): Promise<SignOffAct[]> {
  const rows = await db
    .selectFrom('sign_off_acts')
    .selectAll()
    .where('environment', '=', environment)
    .where('at', '<=', until)
    .orderBy('key')
    .execute();
  return rows.map(toAct);
}

/** Time of the newest act, epoch ms; null: never. */
export async function newestSignOffAct(db: Database, environment: string): Promise<number | null> {
  const row = await db
    .selectFrom('sign_off_acts')
    .select(({ fn }) => fn.max('at').as('at'))
    .where('environment', '=', environment)
    .executeTakeFirst();
  return row?.at ?? null;
}

/** Signatures of every environment that no later act ended and that have not expired at `now` (epoch ms). */
export async function standingSignatures(transaction: Transaction, now: number): Promise<SignOffAct[]> {
  const rows = await transaction
    .selectFrom('sign_off_acts as given')
    .selectAll('given')
    .where('given.act', '=', 'sign')
    .where((where) => where.or([where('given.expires_at', 'is', null), where('given.expires_at', '>', now)]))
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('sign_off_acts as later')
            .select('later.key')
            .whereRef('later.environment', '=', 'given.environment')
            .whereRef('later.sign_off', '=', 'given.sign_off')
            .whereRef('later.key', '>', 'given.key')
            .where((where) =>
              where.or([
                where.eb('later.act', '=', 'refuse'),
                where('later.about', '=', where.ref('given.id')),
                where.and([
                  where('later.act', 'in', ['sign', 'withdraw']),
                  where('later.actor', '=', where.ref('given.actor')),
                ]),
              ]),
            ),
        ),
      ),
    )
    .orderBy('given.key')
    .execute();
  return rows.map(toAct);
}

export const markReminded = async (transaction: Transaction, id: string, at: number): Promise<void> => {
  await transaction.updateTable('sign_off_acts').set({ reminded_at: at }).where('id', '=', id).execute();
};

const toAct = (row: Selectable<SignOffActRow>): SignOffAct => ({
  id: row.id,
  environment: row.environment,
  signOff: row.sign_off,
  act: row.act,
  at: row.at,
  actor: row.actor,
  person: row.person,
  personName: row.person_name,
  note: row.note,
  link: row.link,
  title: row.title,
  snapshot: row.snapshot,
  completeSnapshot: row.complete_snapshot,
  expiresAt: row.expires_at,
  about: row.about,
  changes: row.changes === null ? null : JSON.parse(row.changes),
  remindedAt: row.reminded_at,
});
