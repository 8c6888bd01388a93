import type { Environment } from '../config/config.ts';
import type { Report } from '../readiness/report.ts';
import { newestReport, reportById } from '../store/reports.ts';
import { newestSignOffAct } from '../store/sign-offs.ts';
import { newestWaiverChange } from '../store/waivers.ts';
import type { Progress } from '../workspace/progress.ts';
import { checkEnvironment, type InspectDependencies } from './check-environment.ts';

/** Within this time a second asker gets the same report instead of a second load on SpotDraft. */
const FRESH_MS = 60_000;

export interface CheckOptions {
  /** Read again even when this process has a report younger than 60 s. */
  fresh: boolean;
  /** Called with every read, from the moment of joining; also for those who join a check that runs. */
  onProgress: (progress: Progress) => void;
}

export interface Checker {
  check(environment: Environment, options: CheckOptions): Promise<Report>;
  newest(environment: Environment): Promise<Report | null>;
  byId(id: string): Promise<Report | null>;
  /** Resolves when no check runs. */
  idle(): Promise<void>;
}

interface Running {
  report: Promise<Report>;
  listeners: Set<(progress: Progress) => void>;
  progress: Progress;
}

/**
 * Runs checks: at most one per environment at a time, shared by all who ask meanwhile. `reported` is told of every report
 * before those who asked get it; that it fails is logged, and the report is none the worse for it.
 */
export function createChecker(
  dependencies: InspectDependencies,
  reported: (report: Report) => Promise<void> = async () => {},
): Checker {
  const running = new Map<string, Running>();
  // What was judged before this process started may have been judged by another config.
  const startedAt = dependencies.clock.now();

  const start = (environment: Environment): Running => {
    const run: Running = {
      listeners: new Set(),
      progress: { done: 0, planned: 0 },
      report: Promise.resolve().then(() =>
        checkEnvironment(dependencies, environment, (progress) => {
          run.progress = progress;
          for (const listener of run.listeners) listener(progress);
        }).then(async (report) => {
          await reported(report).catch((error) =>
            dependencies.logger.error({ err: error, report: report.id }, 'report not looked at for notices'),
          );
          return report;
        }),
      ),
    };
    const done = () => running.delete(environment.name);
    run.report.then(done, done);
    running.set(environment.name, run);
    return run;
  };

  const stillGood = async (environment: string): Promise<Report | null> => {
    const { db, clock, logger } = dependencies;
    try {
      const newest = await newestReport<Report>(db, environment);
      // What a person has accepted, or does not accept any more, since then was judged otherwise.
      const accepted = (await newestWaiverChange(db, environment)) ?? 0;
      // So was what was signed; acts that the very check wrote down have its own time.
      const signed = ((await newestSignOffAct(db, environment)) ?? 0) - 1;
      const since = Math.max(startedAt, clock.now() - FRESH_MS, accepted, signed);
      return newest && newest.checkedAt > since ? newest : null;
    } catch (error) {
      // A report that cannot be read is no reason not to make a new one.
      logger.error({ err: error, environment }, 'newest report not read');
      return null;
    }
  };

  return {
    newest: (environment) => newestReport(dependencies.db, environment.name),
    byId: (id) => reportById(dependencies.db, id),
    async idle() {
      await Promise.allSettled([...running.values()].map(({ report }) => report));
    },
    async check(environment, { fresh, onProgress }) {
      if (!fresh && !running.has(environment.name)) {
        const newest = await stillGood(environment.name);
        if (newest) return newest;
      }
      const run = running.get(environment.name) ?? start(environment);
      run.listeners.add(onProgress);
      onProgress(run.progress);
      return run.report;
    },
  };
}
