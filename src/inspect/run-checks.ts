import type { Environment } from '../config/config.ts';
import type { Report } from '../readiness/report.ts';
import { newestReport, reportById } from '../store/reports.ts';
import { newestSignOffAct } from '../store/sign-offs.ts';
import { newestWaiverChange } from '../store/waivers.ts';
import { isYoung } from '../time/age.ts';
import type { Progress } from '../workspace/progress.ts';
import { checkEnvironment } from './check-environment.ts';
import type { Drift } from './compare-environments.ts';
import type { InspectDependencies } from './dependencies.ts';
import { createSharedRuns } from './shared-runs.ts';

/** A report younger than this, ms, is returned again instead of loading SpotDraft a second time. */
const FRESH_MS = 60_000;

export interface CheckOptions {
  /**
   * true: read again even when this process has a report younger than 60 s. `compared`: compare with the model again, too, of
   * which a reading of the last hour serves otherwise.
   */
  fresh: boolean | 'compared';
  /** Called after every read; also for those who join a check that runs, from the moment of joining. */
  onProgress: (progress: Progress) => void;
}

export interface Checker {
  check(environment: Environment, options: CheckOptions): Promise<Report>;
  newest(environment: Environment): Promise<Report | null>;
  byId(id: string): Promise<Report | null>;
  /** Resolves when no check runs. */
  idle(): Promise<void>;
}

/**
 * Runs checks, at most one per environment at a time; all who ask meanwhile share it. `afterReport` gets every report before
 * those who asked do. When it fails, that is logged and they get their report all the same.
 */
export function createChecker(
  dependencies: InspectDependencies,
  drift: Drift,
  afterReport: (report: Report) => Promise<void>,
): Checker {
  const { db, clock, logger } = dependencies;
  const runs = createSharedRuns<Report>();
  // An earlier process may have judged by another config.
  const startedAt = clock.now();

  const run = async (
    environment: Environment,
    compareAnew: boolean,
    onProgress: CheckOptions['onProgress'],
  ): Promise<Report> => {
    const report = await checkEnvironment(dependencies, drift, environment, compareAnew, onProgress);
    await afterReport(report).catch((error) =>
      logger.error({ err: error, report: report.id }, 'no notices made from this report'),
    );
    return report;
  };

  const stillGood = async (environment: string): Promise<Report | null> => {
    try {
      const newest = await newestReport<Report>(db, environment);
      // Waivers and sign-offs since then change the result. Acts that the check itself wrote have its own time.
      const waived = (await newestWaiverChange(db, environment)) ?? 0;
      const signed = ((await newestSignOffAct(db, environment)) ?? 0) - 1;
      if (!newest || !isYoung(newest.checkedAt, clock.now(), FRESH_MS)) return null;
      return newest.checkedAt > Math.max(startedAt, waived, signed) ? newest : null;
    } catch (error) {
      // A report that cannot be read does not prevent a new one.
      logger.error({ err: error, environment }, 'newest report not read');
      return null;
    }
  };

  return {
    newest: (environment) => newestReport(db, environment.name),
    byId: (id) => reportById(db, id),
    idle: () => runs.idle(),
    async check(environment, { fresh, onProgress }) {
      if (!fresh && !runs.isRunning(environment.name)) {
        const newest = await stillGood(environment.name);
        if (newest) return newest;
      }
      return runs.join(
        environment.name,
        (report) => run(environment, fresh === 'compared', report),
        onProgress,
      );
    },
  };
}
