import type { Generated } from 'kysely';

/** Readings of environments, with their reports and comparisons. */
export interface ReadingTables {
  snapshots: { hash: string; content: Buffer };
  snapshot_readings: { id: Generated<number>; environment: string; taken_at: number; hash: string };
  reports: ReportRow;
  comparisons: ComparisonRow;
  differences: DifferenceRow;
}

export interface ReportRow {
  id: string;
  environment: string;
  checked_at: number;
  verdict: 'ready' | 'not_ready' | 'unknown';
  snapshot: string | null;
  content: Buffer;
}

/** One comparison of two environments. Left is the model. The three counts are of open differences. */
export interface ComparisonRow {
  key: Generated<number>;
  left_environment: string;
  environment: string;
  at: number;
  breaking: number;
  risky: number;
  cosmetic: number;
  /** Accepted differences. They are not in the counts above. */
  accepted: number;
  /** Number of paths that could not be compared. */
  not_compared: number;
  /** 1: a side could not be read at all, and the counts are those of the previous comparison. */
  failed: 0 | 1;
}

export interface DifferenceRow {
  key: Generated<number>;
  left_environment: string;
  environment: string;
  path: string;
  kind: 'missing' | 'extra' | 'changed';
  weight: 'breaking' | 'risky' | 'cosmetic';
  /** `{ left, right }`, packed. */
  sides: Buffer;
  fingerprint: string;
  first_seen: number;
  /** When its values last changed while it was open. */
  changed_at: number | null;
  /** Since when its path could not be compared; null: the newest comparison covered it. */
  unchecked_since: number | null;
  resolved_at: number | null;
}
