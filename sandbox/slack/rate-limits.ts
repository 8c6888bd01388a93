import type { Clock } from '../../src/time/clock.ts';
import type { Method } from './method.ts';

const MINUTE_MS = 60_000;
const POST_INTERVAL_MS = 1_000;

export interface RateLimits {
  /** Seconds to wait; null when the call is allowed, which counts it. */
  check(name: string, method: Method, channel: string | null): number | null;
}

/**
 * Slack's rate limits (https://docs.slack.dev/apis/web-api/rate-limits): calls per minute and method, and one message per
 * second and channel. Slack tolerates short bursts of undocumented size; this simulator does not.
 */
export function createRateLimits(clock: Clock): RateLimits {
  const calls = new Map<string, number[]>();

  function waitMs(key: string, limit: number, windowMs: number, now: number): number {
    const recent = (calls.get(key) ?? []).filter((at) => now - at < windowMs);
    calls.set(key, recent);
    const oldest = recent[recent.length - limit];
    return oldest === undefined ? 0 : oldest + windowMs - now;
  }

  return {
    check(name, method, channel) {
      const now = clock.now();
      const buckets: [key: string, limit: number, windowMs: number][] = [[name, method.perMinute, MINUTE_MS]];
      if (name === 'chat.postMessage' && channel) buckets.push([`${name} ${channel}`, 1, POST_INTERVAL_MS]);
      const wait = Math.max(...buckets.map(([key, limit, windowMs]) => waitMs(key, limit, windowMs, now)));
      if (wait > 0) return Math.max(1, Math.ceil(wait / 1000));
      for (const [key] of buckets) calls.get(key)?.push(now);
      return null;
    },
  };
}
