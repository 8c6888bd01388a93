import type { Logger } from 'pino';

export interface Ticker {
  start(): void;
  /** Calls `tick` now, in addition. */
  tickNow(): void;
  stop(): Promise<void>;
}

/** After a failure, so that a database that is locked or full is not asked all the time. */
const PAUSE_MS = 5_000;

/**
 * Calls `tick` again and again, whether or not the one before has come to its end: a long one must not hold up the others,
 * and each sees to it that nothing is done twice. `stop` resolves when none runs.
 */
export function createTicker({
  name,
  tick,
  everyMs,
  logger,
}: {
  name: string;
  tick: () => Promise<void>;
  everyMs: number;
  logger: Logger;
}): Ticker {
  const running = new Set<Promise<void>>();
  let timer: NodeJS.Timeout | null = null;
  let [stopped, failedAt] = [false, 0];
  const tickNow = () => {
    if (stopped) return;
    if (performance.now() - failedAt < PAUSE_MS && failedAt > 0) return;
    failedAt = 0;
    const one = tick()
      .catch((error) => {
        failedAt = performance.now();
        logger.error({ err: error, name }, 'a round failed; the next one follows');
      })
      .finally(() => running.delete(one));
    running.add(one);
  };
  return {
    tickNow,
    start() {
      if (stopped || timer) return;
      timer = setInterval(tickNow, everyMs);
      tickNow();
    },
    async stop() {
      stopped = true;
      if (timer) clearInterval(timer);
      await Promise.all(running);
    },
  };
}
