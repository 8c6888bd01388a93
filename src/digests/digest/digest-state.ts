import type { CheckResult, Verdict } from '../../readiness/report.ts';

/**
 * What the last digest of a report told, kept in the store: what is compared with it, and not a time, decides what is new.
 * So a restart repeats nothing, and what was told once is not told as new again.
 */
export interface DigestState {
  environments: Record<string, EnvironmentState>;
  /** By `pairKey`; only pairs that could be compared at least once. */
  pairs: Record<string, PairState>;
  /** What could not be read, each by a short name; sorted. */
  unread: string[];
}

export interface EnvironmentState {
  /** Null: it could not be checked. */
  verdict: Verdict | null;
  /** Those that did not pass, by their id. */
  checks: Record<string, CheckState>;
  /** Activities of which nothing arrived for too long; sorted. */
  silent: string[];
}

export interface CheckState {
  /** What it was when it could be told last; `unknown`: it never could. */
  status: 'fail' | 'warn' | 'unknown';
  title: string;
  /** What is expected and was not found. Not what was found: that may hold a time, which always moves. */
  expected: string;
  since: number;
  /** It could not be told in the last digest. */
  unclear: boolean;
}

export interface PairState {
  /** By path. */
  differences: Record<string, DifferenceState>;
}

export interface DifferenceState {
  fingerprint: string;
  /** Its values on one line. */
  shown: string;
  accepted: boolean;
  unchecked: boolean;
}

/** Names of environments have no blanks. */
export const pairKey = ({ left, right }: { left: { name: string }; right: { name: string } }): string =>
  `${left.name} ${right.name}`;

export const isProblem = ({ status }: CheckResult): boolean => status === 'fail' || status === 'warn';
