import type { Clock } from '../../src/time/clock.ts';

/**
 * A simulated failure. `reset`, `timeout` and `status` happen before the call takes effect. `lost` happens after it: the
 * message is posted, but the answer never arrives.
 */
export type Fault =
  | { kind: 'ratelimited' /** Seconds. */; retryAfter: number }
  | { kind: 'error'; error: string; data?: object }
  | { kind: 'status'; status: number }
  | { kind: 'reset' }
  | { kind: 'lost' }
  | { kind: 'slow'; ms: number }
  | { kind: 'timeout' };

export interface FaultRule {
  /** A Web API method, 'response_url', or 'upload' (the bytes of a file). Default: all of them. */
  method?: string;
  /** Only calls whose text matches. Default: all of them. */
  text?: RegExp;
  /** Number of requests that fail. Default: 1. Infinity lasts until cleared. */
  times?: number;
  /** End of the fault by the simulator's clock, epoch ms. Default: when it is used up. */
  until?: number;
  fault: Fault;
}

export interface Faults {
  add(rule: FaultRule): void;
  clear(): void;
  /** Returns the fault for this request and counts it as used. */
  take(method: string, text: string): Fault | null;
}

/** The first active rule that matches applies, so rules for one method apply in the order they were added. */
export function createFaults(clock: Clock): Faults {
  let rules: { method: string | null; text: RegExp | null; left: number; until: number; fault: Fault }[] = [];
  return {
    add(rule) {
      const { method = null, text = null, times = 1, until = Number.POSITIVE_INFINITY, fault } = rule;
      rules.push({ method, text, left: times, until, fault });
    },
    clear() {
      rules = [];
    },
    take(method, text) {
      const now = clock.now();
      const rule = rules.find(
        (each) =>
          each.left > 0 &&
          now < each.until &&
          (each.method === null || each.method === method) &&
          (each.text === null || each.text.test(text)),
      );
      if (!rule) return null;
      rule.left -= 1;
      return rule.fault;
    },
  };
}
