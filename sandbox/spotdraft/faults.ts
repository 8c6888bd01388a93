import type { OperationId } from './operations.ts';

/** A simulated failure. All kinds but `slow` replace the answer. */
export type Fault =
  /** This status. Default `body`: the documented error body. */
  | { kind: 'status'; status: number; body?: unknown; headers?: Record<string, string> }
  /** No answer; the connection stays open. */
  | { kind: 'timeout' }
  /** The normal answer after this delay. */
  | { kind: 'slow'; ms: number }
  /** A connection reset before anything is sent. */
  | { kind: 'reset' }
  /** Status, headers and half of the normal body, then a connection reset. */
  | { kind: 'reset_mid_body' }
  /** A web page instead of JSON. Default status: 200. */
  | { kind: 'html'; status?: number }
  /** Status 200 with this JSON. */
  | { kind: 'json'; body: unknown }
  /** Status 200 without a body. */
  | { kind: 'empty' }
  /** A redirect. Default status: 302. */
  | { kind: 'redirect'; location: string; status?: number }
  /** Status 200 with valid JSON of exactly this many bytes, chunked. */
  | { kind: 'huge'; bytes: number };

/** An absent field matches every request, including those without valid credentials. */
export interface FaultRule {
  /** Key of a workspace: matches requests with its credentials. */
  workspace?: string;
  operation?: OperationId;
  method?: string;
  /** Matched against the path without the query. */
  path?: RegExp;
  /** Number of requests that fail. Default: all. */
  times?: number;
  fault: Fault;
}

export interface FaultTarget {
  workspace: string | null;
  operation: OperationId | null;
  method: string;
  path: string;
}

export interface Faults {
  add(rule: FaultRule): void;
  clear(): void;
  /** Returns the fault for this request and counts it as used. */
  take(target: FaultTarget): Fault | null;
}

/** The first active rule that matches applies, so rules for the same requests apply in the order they were added. */
export function createFaults(): Faults {
  let rules: { rule: FaultRule; left: number }[] = [];
  return {
    add(rule) {
      rules.push({ rule, left: rule.times ?? Number.POSITIVE_INFINITY });
    },
    clear() {
      rules = [];
    },
    take(target) {
      const entry = rules.find(({ rule, left }) => left > 0 && matches(rule, target));
      if (!entry) return null;
      entry.left -= 1;
      return entry.rule.fault;
    },
  };
}

function matches(rule: FaultRule, target: FaultTarget): boolean {
  return (
    (rule.workspace === undefined || rule.workspace === target.workspace) &&
    (rule.operation === undefined || rule.operation === target.operation) &&
    (rule.method === undefined || rule.method.toUpperCase() === target.method) &&
    // search instead of test, because a pattern with the g flag keeps its position between tests.
    (rule.path === undefined || target.path.search(rule.path) >= 0)
  );
}
