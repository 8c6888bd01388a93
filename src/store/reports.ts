import { sql } from 'kysely';
import type { Database } from './database.ts';
import { pack, unpack } from './packed-json.ts';
import type { ReportRow } from './tables/readings.ts';

/** The fields of a report that have columns. The whole report is stored as JSON that the store does not read. */
export interface StoredReport extends Pick<ReportRow, 'id' | 'environment' | 'verdict' | 'snapshot'> {
  /** Epoch ms UTC. */
  checkedAt: number;
}

export async function saveReport(db: Database, report: StoredReport): Promise<void> {
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

/** null when there is none, or it is no longer kept. */
export async function reportById<Report extends StoredReport = StoredReport>(
  db: Database,
  id: string,
): Promise<Report | null> {
  const row = await db
    .selectFrom('reports')
    .select(['content', 'environment'])
    .where('id', '=', id)
    .executeTakeFirst();
  // The environment may have been renamed since the report was made.
  return row ? { ...(unpack(row.content) as Report), environment: row.environment } : null;
}

/** The report that was stored last, even when a clock was wrong then; null when there is none. */
export async function newestReport<Report extends StoredReport = StoredReport>(
  db: Database,
  environment: string,
): Promise<Report | null> {
  const id = await newestReportId(db, environment);
  return id === null ? null : reportById<Report>(db, id);
}

/** The verdict of every report dated since `since` (epoch ms), in the order in which they were stored. */
export const verdictsSince = (
  db: Database,
  environment: string,
  since: number,
): Promise<{ at: number; verdict: ReportRow['verdict'] }[]> =>
  db
    .selectFrom('reports')
    .select(['checked_at as at', 'verdict'])
    .where('environment', '=', environment)
    .where('checked_at', '>=', since)
    .orderBy(sql`rowid`)
    .execute();

/** The newest report with the verdict ready, from `since` to `until` (epoch ms UTC), without its content; null when there is none. */
export async function newestReady(
  db: Database,
  environment: string,
  { since, until }: { since: number; until: number },
): Promise<{ id: string; at: number } | null> {
  const row = await db
    .selectFrom('reports')
    .select(['id', 'checked_at as at'])
    .where('environment', '=', environment)
    .where('verdict', '=', 'ready')
    .where('checked_at', '>=', since)
    .where('checked_at', '<=', until)
    .orderBy('checked_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}

/** Its id alone. Order by time would take one from a clock that was ahead for the newest. */
export async function newestReportId(db: Database, environment: string): Promise<string | null> {
  const row = await db
    .selectFrom('reports')
    .select('id')
    .where(sql<number>`rowid`, '=', (query) =>
      query
        .selectFrom('reports')
        .select(sql<number>`max(rowid)`.as('rowid'))
        .where('environment', '=', environment),
    )
    .executeTakeFirst();
  return row?.id ?? null;
}
