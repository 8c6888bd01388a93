import type { Report } from '../../readiness/report.ts';
import type { ReadResult } from '../../spotdraft/fact.ts';

/** What the App Home shows. Times are epoch ms UTC. What could not be read has the token of the log line that says why. */
export interface HomeFacts {
  /** In the order of the config. */
  environments: HomeEnvironment[];
  /** What was accepted for a time that ends soon, the soonest first. */
  expiring: ReadResult<HomeExpiry[]>;
  /** What other parts of the program have to say. */
  sections: HomeSection[];
}

export interface HomeEnvironment {
  name: string;
  production: boolean;
  /** Null: never checked. */
  report: ReadResult<HomeReport | null>;
  /** The configured pairs in which it is the one that is measured. */
  drift: ReadResult<HomeDrift[]>;
  /** Null: the config expects no events. */
  events: ReadResult<HomeEvents | null>;
  /** Null: nothing of it is watched. */
  failures: ReadResult<HomeFailures | null>;
  /** Null: none is wanted. */
  signOffs: ReadResult<HomeSignOffs | null>;
  /** The window that is in force; null: none is. */
  maintenance: HomeMaintenance | null;
}

/** Groups of failures that are not over. */
export interface HomeFailures {
  open: number;
  acknowledged: number;
  /** Of those that are open, the one that began last. */
  newest: { what: string; since: number } | null;
  /** Of what it could not be told. */
  unknown: string[];
}

export interface HomeMaintenance {
  /** Not included. */
  until: number;
  reason: string;
}

export interface HomeSignOffs {
  required: number;
  /** Titles of those that do not hold. */
  open: string[];
}

export interface HomeReport {
  report: Report;
  /** Older than the config's `drift.snapshotEvery` allows for: the checks do not get through. */
  isOld: boolean;
}

export interface HomeDrift {
  left: { name: string; production: boolean };
  /** Null: never compared. */
  compared: { at: number; notCompared: number } | null;
  /** What nobody has accepted. */
  open: { breaking: number; risky: number; cosmetic: number };
  accepted: number;
}

export interface HomeEvents {
  /** Of any activity; null: nothing is kept. */
  newestAt: number | null;
  /** Null: any silence is fine. */
  maxSilenceMs: number | null;
  isSilent: boolean;
  /** Expected activities. */
  expected: number;
  /** Those of them of which nothing is kept. */
  neverReceived: string[];
}

export interface HomeExpiry {
  /** A person's waiver, or a rule of the config. */
  kind: 'waiver' | 'rule' | 'sign-off';
  /** It counts before this time. */
  until: number;
  what: string;
  /** Null: of no single one. */
  environment: string | null;
}

/** A title with lines under it, each a fact on its own. */
export interface HomeSection {
  title: string;
  lines: ReadResult<HomeLine[]>;
  /** What to say where there are no lines. */
  none: string;
}

export interface HomeLine {
  mark: '✅' | '❌' | '❔' | '⏳';
  text: string;
}
