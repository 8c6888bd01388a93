import type { Database } from './database.ts';

/** When the newest delivery of an environment with a right signature came, epoch ms UTC: one look into an index. */
export async function newestVerifiedDelivery(db: Database, environment: string): Promise<number | null> {
  const row = await db
    .selectFrom('deliveries')
    .select('received_at')
    .where('environment', '=', environment)
    .where('rejection', 'is', null)
    .orderBy('received_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.received_at ?? null;
}

/** The id of an environment's newest report, without the report. */
export async function newestReportId(db: Database, environment: string): Promise<string | null> {
  const row = await db
    .selectFrom('reports')
    .select('id')
    .where('environment', '=', environment)
    .orderBy('checked_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.id ?? null;
}
