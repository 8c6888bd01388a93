import type { Config, Environment } from '../../config/config.ts';
import type { Database } from '../../store/database.ts';
import { comparisonsSince } from '../../store/differences.ts';
import { verdictsSince } from '../../store/reports.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import type { Clock } from '../../time/clock.ts';
import { type Trend, trendDays, trendStart } from './trend.ts';

export interface Trends {
  /** Verdicts and open differences of an environment over the last 30 days. */
  of(environment: Environment): Promise<Trend>;
  /** The same as PNG. Rejects where it cannot be drawn. */
  picture(trend: Trend): Promise<Buffer>;
}

export const createTrends = ({
  config,
  db,
  clock,
}: {
  config: Config;
  db: Database;
  clock: Clock;
}): Trends => ({
  async of(environment) {
    const now = clock.now();
    const pair = pairOf(config, environment.name);
    const verdicts = await verdictsSince(db, environment.name, trendStart(now));
    const compared = pair ? await comparisonsSince(db, pair, trendStart(now)) : [];
    return {
      label: environmentLabel(environment),
      pair: pair && `${labelOf(config, pair.left)} → ${labelOf(config, pair.right)}`,
      days: trendDays(now, verdicts, compared),
    };
  },
  async picture(trend) {
    // Loaded only here: most processes never draw.
    const { drawTrend } = await import('./picture.ts');
    return drawTrend(trend);
  },
});

/** The first pair in which it is measured; else the first in which it is the model. */
function pairOf({ drift }: Config, name: string): { left: string; right: string } | null {
  const found =
    drift.pairs.find(([, right]) => right === name) ?? drift.pairs.find(([left]) => left === name);
  return found ? { left: found[0], right: found[1] } : null;
}

const labelOf = ({ environments }: Config, name: string): string => {
  const environment = environments.find((each) => each.name === name);
  return environment ? environmentLabel(environment) : name;
};
