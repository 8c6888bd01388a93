import type { Logger } from 'pino';
import type { Config, Environment } from '../config/config.ts';
import type { Database } from '../store/database.ts';
import { newestComparison } from '../store/differences.ts';
import { isYoung } from '../time/age.ts';
import type { Clock } from '../time/clock.ts';
import type { Drift } from './compare-environments.ts';
import type { Checker } from './run-checks.ts';

export interface Watch {
  /** Runs the checks and comparisons that are due, one after the other. Never throws. */
  runDue(): Promise<void>;
  /** Stops and resolves when the run under way has ended. */
  stop(): Promise<void>;
}

interface WatchDependencies {
  config: Config;
  db: Database;
  checker: Checker;
  drift: Drift;
  clock: Clock;
  logger: Logger;
  /** Other work that is run each time. */
  otherDueWork: () => Promise<unknown>;
}

/**
 * Takes snapshots regularly (`drift.snapshotEvery`): checks every environment and compares every pair whose last run is older
 * than that. Runs that a person asked for count too, also across restarts. Runs one at a time, at the normal pace.
 */
export function startWatch(dependencies: WatchDependencies, intervalMs: number): Watch {
  let stopped = false;
  let underWay: Promise<void> | null = null;
  const runDue = (): Promise<void> => {
    underWay ??= runOnce(dependencies, () => stopped).finally(() => {
      underWay = null;
    });
    return underWay;
  };
  const timer = setInterval(runDue, intervalMs);
  timer.unref();
  return {
    runDue,
    async stop() {
      stopped = true;
      clearInterval(timer);
      await underWay;
    },
  };
}

async function runOnce(
  { config, db, checker, drift, clock, logger, otherDueWork: alsoDue }: WatchDependencies,
  isStopped: () => boolean,
): Promise<void> {
  const isDue = (at: number | null) => at === null || !isYoung(at, clock.now(), config.drift.snapshotEveryMs);
  const attempt = async (work: () => Promise<unknown>, of: Record<string, string>) => {
    if (isStopped()) return;
    await work().catch((error) =>
      logger.error({ err: error, ...of }, 'scheduled work failed; it is tried again soon'),
    );
  };
  const nothing = () => {};
  await attempt(alsoDue, { what: 'reminders' });
  for (const environment of config.environments)
    await attempt(
      async () => {
        const newest = await checker.newest(environment);
        if (isDue(newest?.checkedAt ?? null))
          await checker.check(environment, { fresh: true, onProgress: nothing });
      },
      { environment: environment.name },
    );
  for (const [left, right] of config.drift.pairs)
    await attempt(
      async () => {
        const sides = [left, right].map((name) => config.environments.find((each) => each.name === name));
        const [model, measured] = sides as [Environment, Environment];
        const newest = await newestComparison(db, { left, right });
        if (isDue(newest?.at ?? null)) await drift.compare(model, measured, nothing);
      },
      { left, right },
    );
}
