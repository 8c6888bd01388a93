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
  fault: Fault;
}

export interface Faults {
  add(rule: FaultRule): void;
  clear(): void;
  /** The fault for this request, used up by the asking. */
  take(method: string): Fault | null;
}

/** The first rule that fits and is not used up decides; rules of one method thus happen in the order added. */
export function createFaults(): Faults {
  let rules: { method: string | null; left: number; fault: Fault }[] = [];
  return {
    add(rule) {
      rules.push({ method: rule.method ?? null, left: rule.times ?? 1, fault: rule.fault });
    },
    clear() {
      rules = [];
    },
    take(method) {
      const rule = rules.find((each) => each.left > 0 && (each.method === null || each.method === method));
      if (!rule) return null;
      rule.left -= 1;
      return rule.fault;
    },
  };
}
