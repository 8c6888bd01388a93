import { type RawBuilder, sql } from 'kysely';
import type { Database } from './database.ts';

export interface DeliveryCounts {
  /** Deliveries with a valid signature, including duplicates. */
  verified: number;
  /** Deliveries of an event that had been delivered before. */
  duplicates: number;
  /** Refused deliveries, those included for which a kept one stands. */
  refused: number;
  /** Reported outcomes with status `failed`. */
  failedOutcomes: number;
}

/** Counts of an environment from `from` (included) to `to` (excluded), epoch ms. Exact, from indexes alone. */
export async function countDeliveries(
  db: Database,
  environment: string,
  from: number,
  to: number,
): Promise<DeliveryCounts> {
  const { verified, duplicates } = await countDuplicates(db, environment, { from, to });
  const failedOutcomes = await countRows(db, 'outcomes', { environment, from, to }, sql`status = 'failed'`);
  return {
    verified,
    duplicates,
    refused: await countRows(
      db,
      'deliveries',
      { environment, from, to },
      sql`rejection is not null`,
      sql`count(*) + coalesce(sum(alike), 0)`,
    ),
    failedOutcomes,
  };
}

/** Deliveries with a valid signature, and those of them that repeat an event. */
export async function countDuplicates(
  db: Database,
  environment: string,
  { from, to }: { from: number; to: number },
): Promise<Pick<DeliveryCounts, 'verified' | 'duplicates'>> {
  const period = { environment, from, to };
  const verified = await countRows(db, 'deliveries', period, sql`rejection is null`);
  // An event's time of receipt is that of its first delivery.
  const events = await countRows(db, 'events', period, sql`true`);
  return { verified, duplicates: Math.max(0, verified - events) };
}

async function countRows(
  db: Database,
  table: 'deliveries' | 'events' | 'outcomes',
  { environment, from, to }: { environment: string; from: number; to: number },
  only: RawBuilder<unknown>,
  count = sql`count(*)`,
): Promise<number> {
  const at = sql.ref(table === 'outcomes' ? 'at' : 'received_at');
  const { rows } = await sql<{ count: number }>`select ${count} as count from ${sql.table(table)}
    where environment = ${environment} and ${only} and ${at} >= ${from} and ${at} < ${to}`.execute(db);
  return rows[0]?.count ?? 0;
}
