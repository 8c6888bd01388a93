import type { Report } from '../readiness/report.ts';
import type { Database } from './database.ts';
import { pack, unpack } from './packed-json.ts';

export async function saveReport(db: Database, report: Report): Promise<void> {
  await db
    .insertInto('reports')
    .values({
      id: report.id,
      environment: report.environment,
      checked_at: report.checkedAt,
      verdict: report.verdict,
      snapshot: report.snapshot,
      content: pack(report),
    })
    .execute();
}

/** Null: there is none, or it is not kept any more. */
export async function reportById(db: Database, id: string): Promise<Report | null> {
  const row = await db.selectFrom('reports').select('content').where('id', '=', id).executeTakeFirst();
  return row ? (unpack(row.content) as Report) : null;
}

/** Of the check that began last; null: there was none. */
export async function newestReport(db: Database, environment: string): Promise<Report | null> {
  const row = await db
    .selectFrom('reports')
    .select('content')
    .where('environment', '=', environment)
    .orderBy('checked_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ? (unpack(row.content) as Report) : null;
}

/** When an environment was found to be what, oldest first. */
export const verdictsSince = async (
  db: Database,
  environment: string,
  since: number,
): Promise<{ at: number; verdict: Report['verdict'] }[]> =>
  (
    await db
      .selectFrom('reports')
      .select(['checked_at as at', 'verdict'])
      .where('environment', '=', environment)
      .where('checked_at', '>=', since)
      .orderBy('checked_at')
      .execute()
  ).map(({ at, verdict }) => ({ at, verdict: verdict as Report['verdict'] }));
