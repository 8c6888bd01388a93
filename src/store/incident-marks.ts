import { randomId } from '../text/ids.ts';
import type { Database } from './database.ts';
import type { Match } from './matches.ts';
import type { IncidentMarkRow } from './tables/acts.ts';
import type { Transaction } from './transaction.ts';

export interface IncidentMark extends Omit<IncidentMarkRow, 'names'> {
  names: Match[];
}

/** Returns the mark with its `mrk_…` id. */
export async function insertMark(
  transaction: Transaction,
  mark: Omit<IncidentMark, 'id'>,
): Promise<IncidentMark> {
  const id = randomId('mrk');
  await transaction
    .insertInto('incident_marks')
    .values({ id, ...mark, names: JSON.stringify(mark.names) })
    .execute();
  return { id, ...mark };
}

/** Marks that apply at `now` (epoch ms), the one that ends first first. */
export async function activeMarks(db: Database, now: number): Promise<IncidentMark[]> {
  const rows = await db
    .selectFrom('incident_marks')
    .selectAll()
    .where('until', '>', now)
    .orderBy('until')
    .execute();
  return rows.map((row) => ({ ...row, names: JSON.parse(row.names) as Match[] }));
}
