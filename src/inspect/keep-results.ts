import type { Report } from '../readiness/report.ts';
import { saveReport } from '../store/reports.ts';
import { saveSnapshot } from '../store/snapshots.ts';
import type { Snapshot } from '../workspace/snapshot.ts';
import type { InspectDependencies } from './dependencies.ts';

/** Step 4 of a check: stores the snapshot and the report. A failure is logged, and the report is returned all the same. */
export async function keepResults(
  { db, logger }: InspectDependencies,
  unkept: Omit<Report, 'snapshot'>,
  snapshot: Snapshot | null,
): Promise<Report> {
  const { environment, checkedAt } = unkept;
  const isKept = snapshot !== null && (await keepSnapshot({ db, logger }, environment, checkedAt, snapshot));
  const report = { ...unkept, snapshot: isKept ? snapshot.hash : null };
  await saveReport(db, report).catch((error) =>
    logger.error({ err: error, report: report.id }, 'report not kept'),
  );
  return report;
}

/** Stores a snapshot. Returns false, and logs the error, when the database refuses it. */
export async function keepSnapshot(
  { db, logger }: Pick<InspectDependencies, 'db' | 'logger'>,
  environment: string,
  takenAt: number,
  snapshot: Snapshot,
): Promise<boolean> {
  try {
    await saveSnapshot(db, environment, takenAt, snapshot);
    return true;
  } catch (error) {
    logger.error({ err: error, environment }, 'snapshot not kept');
    return false;
  }
}
