import type { Report } from '../../readiness/report.ts';
import type { ReadResult } from '../../spotdraft/fact.ts';

/** Content of the App Home. Times are epoch ms UTC. A part that could not be read has the token of its log line. */
export interface HomeFacts {
  /** In the order of the config. */
  environments: HomeEnvironment[];
  /** Items that expire soon, the soonest first. */
  expiring: ReadResult<HomeExpiry[]>;
  /** Sections of other parts of the program. */
  sections: HomeSection[];
}

export interface HomeEnvironment {
  name: string;
  production: boolean;
  /** null when it was never checked. */
  report: ReadResult<HomeReport | null>;
  /** The configured pairs in which it is the right side. */
  drift: ReadResult<HomeDrift[]>;
  /** null when the config expects no events. */
  events: ReadResult<HomeEvents | null>;
  /** null when no failures are watched. */
  failures: ReadResult<HomeFailures | null>;
  /** null when none is required. */
  signOffs: ReadResult<HomeSignOffs | null>;
  /** The current maintenance window; null outside one. */
  maintenance: HomeMaintenance | null;
}

/** Unresolved failure groups. */
export interface HomeFailures {
  open: number;
  acknowledged: number;
  /** The open group that began last. */
  newest: { what: string; since: number } | null;
  /** Kinds of failures that could not be read. */
  unknown: string[];
}

export interface HomeMaintenance {
  /** Exclusive end. */
  until: number;
  reason: string;
}

export interface HomeSignOffs {
  required: number;
  /** Titles of open sign-offs. */
  open: string[];
}

export interface HomeReport {
  report: Report;
  /** Older than `drift.snapshotEvery` of the config allows: the checks do not get through. */
  isOld: boolean;
}

export interface HomeDrift {
  left: { name: string; production: boolean };
  /** null when never compared. */
  compared: { at: number; notCompared: number } | null;
  /** Differences without a waiver. */
  open: { breaking: number; risky: number; cosmetic: number };
  accepted: number;
}

export interface HomeEvents {
  /** Newest event of any activity; null when the log has none. */
  newestAt: number | null;
  /** null when any silence is acceptable. */
  maxSilenceMs: number | null;
  isSilent: boolean;
  /** Number of expected activities. */
  expected: number;
  /** Expected activities that are not in the log. */
  neverReceived: string[];
}

export interface HomeExpiry {
  /** `rule`: a rule of the config that ignores differences. */
  kind: 'waiver' | 'rule' | 'sign-off';
  /** Exclusive end. */
  until: number;
  what: string;
  /** null when it belongs to no single environment. */
  environment: string | null;
}

/** A title with independent lines. */
export interface HomeSection {
  title: string;
  lines: ReadResult<HomeLine[]>;
  /** Text when there are no lines. */
  none: string;
}

export interface HomeLine {
  mark: '✅' | '❌' | '❔' | '⏳';
  text: string;
}
