import { Worker } from 'node:worker_threads';
import type { Config, Environment } from '../../config/config.ts';
import type { Database } from '../../store/database.ts';
import { comparisonsSince } from '../../store/differences.ts';
import { verdictsSince } from '../../store/reports.ts';
import { environmentLabel, labelIn } from '../../text/environment-label.ts';
import type { Clock } from '../../time/clock.ts';
import { type Trend, trendDays, trendStart } from './trend.ts';

export interface Trends {
  /** Verdicts and open differences of an environment over the last 30 days. */
  of(environment: Environment): Promise<Trend>;
  /** The same as PNG. Rejects when it cannot be drawn. */
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
      pair:
        pair && `${labelIn(config.environments, pair.left)} → ${labelIn(config.environments, pair.right)}`,
      days: trendDays(now, verdicts, compared),
    };
  },
  picture: drawTrend,
});

/** The first pair with the environment on the right; else the first with it on the left. */
function pairOf({ drift }: Config, name: string): { left: string; right: string } | null {
  const found =
    drift.pairs.find(([, right]) => right === name) ?? drift.pairs.find(([left]) => left === name);
  return found ? { left: found[0], right: found[1] } : null;
}

const TIME_LIMIT_MS = 20_000;

/**
 * Draws the picture as PNG in a worker thread that exits afterwards. The drawing code is large, rarely needed, and would stay
 * in memory; and drawing would block the webhook receivers for too long. Rejects when it cannot be drawn.
 */
export async function drawTrend(trend: Trend): Promise<Buffer> {
  const worker = new Worker(new URL('./draw-worker.ts', import.meta.url), { workerData: trend });
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const timer = setTimeout(
    () => reject(new Error(`not drawn within ${TIME_LIMIT_MS / 1_000} s`)),
    TIME_LIMIT_MS,
  );
  worker.once('message', resolve);
  worker.once('error', reject);
  worker.once('exit', (code) => reject(new Error(`the drawing thread ended with exit code ${code}`)));
  try {
    return Buffer.from(await promise);
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
