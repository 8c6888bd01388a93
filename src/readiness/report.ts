import type { Source } from '../spotdraft/fact.ts';

export type Status = 'pass' | 'fail' | 'warn' | 'unknown' | 'waived' | 'skipped';
export type Severity = 'blocking' | 'advisory';
export type Verdict = 'ready' | 'not_ready' | 'unknown';

/** The guide's checklist, in the guide's order. */
export const items = [
  { id: 'credentials', title: 'Credentials belong to this workspace' },
  { id: 'host', title: 'Host and versioned path' },
  { id: 'configuration', title: 'Workflows, templates and fields exist' },
  { id: 'webhooks', title: 'Webhooks are separate' },
  { id: 'external-metadata', title: 'External metadata conventions' },
  { id: 'logging', title: 'Ids and retries are logged' },
  { id: 'sign-offs', title: 'Sign-offs' },
] as const;
export type ItemId = (typeof items)[number]['id'];

export interface CheckResult {
  /** `config.templates` */
  id: string;
  item: ItemId;
  status: Status;
  severity: Severity;
  title: string;
  /** One line per finding, in the same order as `actual`. */
  expected: string;
  actual: string;
  /** Reason why it is unknown, skipped or a warning; null when expected and actual say everything. */
  reason: string | null;
  /** The one next step; null when there is nothing to do. */
  remedy: string | null;
  evidence: Source[];
  /** Number of findings of a failed check that could not be judged; absent when it is 0. */
  unjudged?: number;
  /** Id of the sign-off whose result this check takes; absent otherwise. */
  provenBy?: string;
  /** True for a skipped check that is configured and has nothing to judge yet; absent otherwise. */
  pending?: true;
  /** Id of the failed or unknown check that this skipped one waits for; absent when it waits for none. */
  waitsFor?: string;
}

/** The result of a check before `settle` decides which checks wait. */
export interface JudgedCheck extends CheckResult {
  /** Ids of the checks that it rests on; absent on a sign-off that was compared. */
  restsOn?: readonly string[];
}

export interface ItemResult {
  id: ItemId;
  title: string;
  status: Status;
  checks: CheckResult[];
}

/** The results of all checks of one environment at one moment. */
export interface Report {
  /** `rpt_…` */
  id: string;
  environment: string;
  production: boolean;
  verdict: Verdict;
  /** Epoch ms UTC. */
  checkedAt: number;
  durationMs: number;
  /** Requests to SpotDraft for this report, including those for the keys of other environments. */
  apiCalls: number;
  /** Content hash of the snapshot, hex; null when nothing could be read. */
  snapshot: string | null;
  items: ItemResult[];
}

export type StatusCounts = Record<Status, number>;

export function countStatuses(report: Report): StatusCounts {
  const counts: StatusCounts = { pass: 0, fail: 0, warn: 0, unknown: 0, waived: 0, skipped: 0 };
  for (const item of report.items) for (const check of item.checks) counts[check.status] += 1;
  return counts;
}
