import type { Report } from '../readiness/report.ts';
import { saveReport } from '../store/reports.ts';
import { saveSnapshot } from '../store/snapshots.ts';
import type { Snapshot } from '../workspace/snapshot.ts';
import type { InspectDependencies } from './dependencies.ts';

/** Stores a report. A failure is logged: the report is no worse for it. */
export async function keepReport({ db, logger }: InspectDependencies, report: Report): Promise<void> {
  await saveReport(db, report).catch((error) =>
    logger.error({ err: error, report: report.id }, 'report not kept'),
  );
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
