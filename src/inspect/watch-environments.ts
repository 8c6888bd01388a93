import type { Logger } from 'pino';
import type { Config, Environment } from '../config/config.ts';
import type { Database } from '../store/database.ts';
import { newestComparison } from '../store/differences.ts';
import type { Clock } from '../time/clock.ts';
import type { Drift } from './compare-environments.ts';
import type { Checker } from './run-checks.ts';

export interface Watch {
  /** Checks and compares what is due now, one after the other. Never throws. */
  runDue(): Promise<void>;
  /** Resolves when what is under way has ended. */
  stop(): Promise<void>;
}

interface WatchDependencies {
  config: Config;
  db: Database;
  checker: Checker;
  drift: Drift;
  clock: Clock;
  logger: Logger;
  /** What else is looked after at each look. */
  otherDueWork: () => Promise<unknown>;
}

/**
 * Keeps the snapshots coming (`drift.snapshotEvery`): checks every environment and compares every pair that nobody has for
 * so long, whoever it was: what a person asks for counts too, after a restart as before. One at a time, at the pace of every
 * other reading.
 */
export function startWatch(dependencies: WatchDependencies, lookEveryMs: number): Watch {
  let stopped = false;
  let underWay: Promise<void> | null = null;
  const look = (): Promise<void> => {
    underWay ??= lookOnce(dependencies, () => stopped).finally(() => {
      underWay = null;
    });
    return underWay;
  };
  const timer = setInterval(look, lookEveryMs);
  timer.unref();
  return {
    runDue: look,
    async stop() {
      stopped = true;
      clearInterval(timer);
      await underWay;
    },
  };
}

async function lookOnce(
  { config, db, checker, drift, clock, logger, otherDueWork: alsoDue }: WatchDependencies,
  isStopped: () => boolean,
): Promise<void> {
  const isDue = (at: number | null) => at === null || clock.now() - at >= config.drift.snapshotEveryMs;
  const attempt = async (work: () => Promise<unknown>, of: Record<string, string>) => {
    if (isStopped()) return;
    await work().catch((error) => logger.error({ err: error, ...of }, 'not looked at; the next try is soon'));
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
