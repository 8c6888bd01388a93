import type { Selectable } from 'kysely';
import { randomId } from '../text/ids.ts';
import type { Database } from './database.ts';
import type { AcknowledgementRow } from './tables/acts.ts';
import type { Transaction } from './transaction.ts';

/** A person's statement that they know of a group of failures. */
export interface Acknowledgement extends Omit<Selectable<AcknowledgementRow>, 'key' | 'covers'> {
  /** Rejections or codes known at that time. */
  covers: string[];
}

/** Returns the acknowledgement with its `ack_…` id. */
export async function insertAcknowledgement(
  transaction: Transaction,
  act: Omit<Acknowledgement, 'id'>,
): Promise<Acknowledgement> {
  const id = randomId('ack');
  await transaction
    .insertInto('failure_acknowledgements')
    .values({ id, ...act, covers: JSON.stringify(act.covers) })
    .execute();
  return { id, ...act };
}

/** All acknowledgements of an environment, oldest first. */
export async function listAcknowledgements(db: Database, environment: string): Promise<Acknowledgement[]> {
  const rows = await db
    .selectFrom('failure_acknowledgements')
    .selectAll()
    .where('environment', '=', environment)
    .orderBy('key')
    .execute();
  return rows.map(({ key: _key, covers, ...row }) => ({ ...row, covers: JSON.parse(covers) }));
}
