/** Renderings per second. Further requests share the newest one: a scrape needs one, and a flood must not stall the rest. */
const PER_SECOND = 5;

/** Shares a rendering among the requests that arrive while it is made, and among those beyond five a second. */
export function shared<Result>(render: () => Promise<Result>): () => Promise<Result> {
  /** Starts of the newest renderings, ms of the monotonic clock. */
  let starts: number[] = [];
  let newest: Promise<Result> | null = null;
  let isRunning = false;
  return () => {
    const now = performance.now();
    starts = starts.filter((at) => now - at < 1_000);
    if (newest && (isRunning || starts.length >= PER_SECOND)) return newest;
    starts.push(now);
    isRunning = true;
    newest = render().finally(() => {
      isRunning = false;
    });
    return newest;
  };
}
