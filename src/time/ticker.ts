import type { Logger } from 'pino';

export interface Ticker {
  start(): void;
  /** Makes an extra call of `tick` now. */
  tickNow(): void;
  stop(): Promise<void>;
}

/** Pause after a failure, ms, so that a locked or full database is not queried all the time. */
const PAUSE_MS = 5_000;

/**
 * Calls `tick` at an interval, even while an earlier call still runs, so that a long one does not delay the others. Each
 * call must make sure itself that nothing is done twice. `stop` resolves when no call runs.
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
        logger.error({ err: error, name }, 'a tick failed; the next one follows');
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
