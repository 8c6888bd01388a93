import type { OperationId } from './operations.ts';

/** What goes wrong. All but `slow` take the place of the answer. */
export type Fault =
  /** `body`: default the documented error body. */
  | { kind: 'status'; status: number; body?: unknown; headers?: Record<string, string> }
  /** Nothing is ever sent; the connection stays open. */
  | { kind: 'timeout' }
  /** The normal answer, this much later. */
  | { kind: 'slow'; ms: number }
  /** The connection is reset before anything was sent. */
  | { kind: 'reset' }
  /** Status, headers and half of the normal answer's body, then a reset. */
  | { kind: 'reset_mid_body' }
  /** A web page instead of JSON, with 200 where no status is given. */
  | { kind: 'html'; status?: number }
  /** 200 with this JSON. */
  | { kind: 'json'; body: unknown }
  /** 200 without a body. */
  | { kind: 'empty' }
  /** 302 where no status is given. */
  | { kind: 'redirect'; location: string; status?: number }
  /** 200 with valid JSON of exactly this many bytes, chunked. */
  | { kind: 'huge'; bytes: number };

/** What is left out fits every request, also one without valid credentials. */
export interface FaultRule {
  /** A workspace's key: only requests with its credentials. */
  workspace?: string;
  operation?: OperationId;
  method?: string;
  /** Tried against the path without its query. */
  path?: RegExp;
  /** How many requests it befalls; left out: for ever. */
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
  /** The fault for this request, used up by the asking. */
  take(target: FaultTarget): Fault | null;
}

/** The first rule that fits and is not used up decides: rules for the same requests happen in the order added. */
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
      const entry = rules.find(({ rule, left }) => left > 0 && fits(rule, target));
      if (!entry) return null;
      entry.left -= 1;
      return entry.rule.fault;
    },
  };
}

function fits(rule: FaultRule, target: FaultTarget): boolean {
  return (
    (rule.workspace === undefined || rule.workspace === target.workspace) &&
    (rule.operation === undefined || rule.operation === target.operation) &&
    (rule.method === undefined || rule.method.toUpperCase() === target.method) &&
    // search, not test: a pattern with the g flag would remember where it stopped.
    (rule.path === undefined || target.path.search(rule.path) >= 0)
  );
}
