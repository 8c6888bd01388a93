import type { Clock } from '../../src/time/clock.ts';

/**
 * What goes wrong. `reset`, `timeout` and `status` happen before the call takes effect; `lost` after it: the
 * message is posted, and the answer never arrives.
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
  /** A Web API method, 'response_url', or 'upload' (the bytes of a file). Left out: every one of them. */
  method?: string;
  /** How many requests it befalls, 1 by default. Infinity: until cleared. */
  times?: number;
  /** Epoch ms of the simulator's clock at which it is over. Left out: when it is used up. */
  until?: number;
  fault: Fault;
}

export interface Faults {
  add(rule: FaultRule): void;
  clear(): void;
  /** The fault for this request, used up by the asking. */
  take(method: string): Fault | null;
}

/** The first rule that fits and is not used up or over decides; rules of one method thus happen in the order added. */
export function createFaults(clock: Clock): Faults {
  let rules: { method: string | null; left: number; until: number; fault: Fault }[] = [];
  return {
    add(rule) {
      const { method = null, times = 1, until = Number.POSITIVE_INFINITY, fault } = rule;
      rules.push({ method, left: times, until, fault });
    },
    clear() {
      rules = [];
    },
    take(method) {
      const now = clock.now();
      const rule = rules.find(
        (each) => each.left > 0 && now < each.until && (each.method === null || each.method === method),
      );
      if (!rule) return null;
      rule.left -= 1;
      return rule.fault;
    },
  };
}
