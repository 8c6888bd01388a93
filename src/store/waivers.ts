import type { Database } from './database.ts';
import type { WaiverRow } from './tables/acts.ts';
import type { Transaction } from './transaction.ts';

/** The subject of a waiver: a difference between two environments, or a check of one. */
export type WaiverSubject =
  | { kind: 'difference'; left: string; environment: string; path: string }
  | { kind: 'check'; environment: string; check: string };

export type WaiverEnd = Exclude<WaiverRow['ended_how'], null>;

const columnsOf = (subject: WaiverSubject) =>
  subject.kind === 'difference'
    ? {
        kind: subject.kind,
        left_environment: subject.left,
        environment: subject.environment,
        subject: subject.path,
      }
    : {
        kind: subject.kind,
        left_environment: '',
        environment: subject.environment,
        subject: subject.check,
      };

/** An earlier waiver of the same subject must have ended. */
export const insertWaiver = async (
  transaction: Transaction,
  subject: WaiverSubject,
  row: Pick<WaiverRow, 'id' | 'shown' | 'fingerprint' | 'reason' | 'accepted_by' | 'accepted_at' | 'until'>,
): Promise<void> => {
  await transaction
    .insertInto('waivers')
    .values({
      ...columnsOf(subject),
      ...row,
      ended_at: null,
      ended_how: null,
      ended_by: null,
      ended_reason: null,
    })
    .execute();
};

/** Waivers that have not ended, whatever their date: all, or those of one kind and place. */
export function openWaivers(
  db: Database,
  of?: { kind: 'difference'; left: string; environment: string } | { kind: 'check'; environment: string },
): Promise<WaiverRow[]> {
  let query = db.selectFrom('waivers').selectAll().where('ended_at', 'is', null);
  if (of)
    query = query
      .where('kind', '=', of.kind)
      .where('environment', '=', of.environment)
      .where('left_environment', '=', of.kind === 'difference' ? of.left : '');
  return query.orderBy('accepted_at').execute();
}

export const waiverOf = (
  transaction: Transaction,
  subject: WaiverSubject,
): Promise<WaiverRow | undefined> => {
  const { kind, left_environment, environment, subject: about } = columnsOf(subject);
  return transaction
    .selectFrom('waivers')
    .selectAll()
    .where('ended_at', 'is', null)
    .where('kind', '=', kind)
    .where('left_environment', '=', left_environment)
    .where('environment', '=', environment)
    .where('subject', '=', about)
    .executeTakeFirst();
};

export const waiverById = (db: Database, id: string): Promise<WaiverRow | undefined> =>
  db.selectFrom('waivers').selectAll().where('id', '=', id).executeTakeFirst();

/** All waivers, newest first. */
export const allWaivers = (db: Database): Promise<WaiverRow[]> =>
  db.selectFrom('waivers').selectAll().orderBy('accepted_at', 'desc').orderBy('id').execute();

/** When a waiver of an environment last began or ended, epoch ms; null: never. */
export async function newestWaiverChange(db: Database, environment: string): Promise<number | null> {
  const row = await db
    .selectFrom('waivers')
    .select(({ fn }) => [fn.max('accepted_at').as('accepted'), fn.max('ended_at').as('ended')])
    .where('environment', '=', environment)
    .executeTakeFirst();
  const times = [row?.accepted, row?.ended].filter((at) => typeof at === 'number');
  return times.length > 0 ? Math.max(...times) : null;
}

/** Ends an open waiver. */
export const endWaiver = async (
  transaction: Transaction,
  id: string,
  end: { at: number; how: WaiverEnd; by: string | null; reason: string | null },
): Promise<void> => {
  await transaction
    .updateTable('waivers')
    .set({ ended_at: end.at, ended_how: end.how, ended_by: end.by, ended_reason: end.reason })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .execute();
};

/** Waivers that applied to an environment at a time, oldest first. */
export const waiversAt = (db: Database, environment: string, at: number): Promise<WaiverRow[]> =>
  db
    .selectFrom('waivers')
    .selectAll()
    .where('environment', '=', environment)
    .where('accepted_at', '<=', at)
    .where('until', '>', at)
    .where((where) => where.or([where('ended_at', 'is', null), where('ended_at', '>', at)]))
    .orderBy('accepted_at')
    .orderBy('id')
    .execute();
