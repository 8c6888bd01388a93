import type { Environment } from '../../config/config.ts';
import { groupText } from '../../events/failures/failure-text.ts';
import type { Failures } from '../../events/failures/failures.ts';
import type { FailureOverview } from '../../events/failures/read-failures.ts';
import { isYoung } from '../../time/age.ts';
import type { Clock } from '../../time/clock.ts';
import type { HomeFailures } from './facts.ts';

/** How long a count of failures is reused, ms: an open Home is refreshed every few seconds, and a log may be long. */
const KEEP_MS = 30_000;

/** Reads the failure groups for the App Home; null when none are watched. */
export function createHomeFailures(
  failures: Pick<Failures, 'read'>,
  clock: Clock,
): (environment: Environment) => Promise<HomeFailures | null> {
  const kept = new Map<string, { at: number; overview: Promise<FailureOverview> }>();
  return async (environment) => {
    const now = clock.now();
    const before = kept.get(environment.name);
    const current =
      before && isYoung(before.at, now, KEEP_MS) ? before : { at: now, overview: failures.read(environment) };
    kept.set(environment.name, current);
    const told = failuresOf(await current.overview);
    const isQuiet = told.open + told.acknowledged + told.unknown.length === 0;
    return environment.webhooks || !isQuiet ? told : null;
  };
}

function failuresOf({ groups, unknown }: FailureOverview): HomeFailures {
  const open = groups.filter(({ state }) => state === 'open');
  // By its start, since a silence was always last seen now.
  const newest = open.toSorted((left, right) => right.since - left.since)[0];
  return {
    open: open.length,
    acknowledged: groups.filter(({ state }) => state === 'acknowledged').length,
    newest: newest ? { what: groupText(newest), since: newest.since } : null,
    unknown: unknown.map(({ what }) => what),
  };
}
