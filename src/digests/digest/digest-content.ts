import type { Acceptance } from '../../approvals/waivers/acceptance.ts';
import type { Change } from '../../inspect/read-history.ts';
import type { CheckResult, Report, Verdict } from '../../readiness/report.ts';
import type { ReadResult } from '../../spotdraft/fact.ts';
import type { Difference, NotCompared } from '../../workspace/diff/difference.ts';
import type { MaintenancePeriod } from '../schedule/maintenance.ts';

/** All that a digest says, ready to be shown. Times are epoch ms UTC, days are counted from 1. */
export interface Digest {
  /** The report's name in the config. */
  name: string;
  /** `baseline`: there is nothing yet that could be compared with. `heartbeat`: nothing moved for a week. */
  kind: 'baseline' | 'digest' | 'heartbeat';
  sections: readonly Section[];
  period: { from: number; to: number };
  timezone: string;
  /** For when it was planned, where it is made later than that; null: on time. */
  lateSince: number | null;
  /** Whether anything is another than in the digest before. */
  moved: boolean;
  environments: DigestEnvironment[];
  pairs: DigestPair[];
  /** What was accepted and counts for a few days only, the soonest first. */
  expiring: ExpiringLine[];
}

export type Section = 'readiness' | 'drift' | 'events' | 'checklist';

export interface NamedEnvironment {
  name: string;
  production: boolean;
}

/** Each part is null where its section is not asked for. */
export interface DigestEnvironment extends NamedEnvironment {
  /** The digest before did not tell of it. */
  isNew: boolean;
  readiness: ReadResult<Readiness> | null;
  changes: ReadResult<Changes> | null;
  deliveries: ReadResult<Deliveries> | null;
  /** Windows within the period, with the one that lasts. */
  maintenance: MaintenancePeriod[];
}

export interface Readiness {
  report: Report;
  /** In the digest before; null: it told none. */
  before: Verdict | null;
  /** Failed and warned checks, the new ones first. */
  problems: Problem[];
  /** Could not be told now and did not pass before, or had no state before. */
  unclear: UnknownCheck[];
  resolved: ResolvedCheck[];
}

export interface Problem {
  check: CheckResult;
  state: 'new' | 'changed' | 'open';
  since: number;
  day: number;
}

/** `failedBefore`: it is not resolved, it could not be checked. */
export interface UnknownCheck {
  check: CheckResult;
  failedBefore: boolean;
}

export interface ResolvedCheck {
  id: string;
  title: string;
  was: 'fail' | 'warn' | 'unknown';
}

/** What became another in one environment over the period. */
export interface Changes {
  /** Newest first. */
  changes: Change[];
  notRead: NotCompared[];
}

export interface Deliveries {
  /** Everything with a right signature, duplicates included. */
  verified: number;
  duplicates: number;
  /** Kept: of a flood, one of each sender and minute is. */
  refused: number;
  failedOutcomes: number;
  silences: Silence[];
  keepMs: number;
}

export interface Silence {
  activity: string;
  /** Nothing of it arrived for at least this long. */
  windowMs: number;
  /** Null: the log has none. */
  lastAt: number | null;
  /** Longer than the config allows; else it is told and no more. */
  tooLong: boolean;
}

export interface DigestPair {
  left: NamedEnvironment;
  right: NamedEnvironment;
  drift: ReadResult<PairDrift>;
}

/** An open difference, as the store tells its life. */
export interface OpenDifference extends Difference {
  fingerprint: string;
  firstSeen: number;
  /** Null: its place was compared. Else it is neither resolved nor the same. */
  uncheckedSince: number | null;
  accepted: Acceptance | null;
}

export interface DigestDifference extends OpenDifference {
  day: number;
  /** What it was in the digest before, as text, where it is another now. */
  before: string | null;
  /** It was accepted before and is not any more. */
  noLongerAccepted: boolean;
}

export interface PairDrift {
  added: DigestDifference[];
  changed: DigestDifference[];
  open: DigestDifference[];
  accepted: DigestDifference[];
  /** Could not be compared this time. */
  unchecked: DigestDifference[];
  resolved: { path: string; was: string }[];
  notCompared: NotCompared[];
}

export interface ExpiringLine {
  /** On one line, with its environment. */
  what: string;
  by: string;
  /** The end, not included. */
  until: number;
}

/** What was read for a digest, before it is compared with the one before. */
export interface DigestFacts {
  at: number;
  environments: EnvironmentFacts[];
  pairs: {
    left: NamedEnvironment;
    right: NamedEnvironment;
    drift: ReadResult<{ open: OpenDifference[]; notCompared: NotCompared[] }>;
  }[];
  expiring: ExpiringLine[];
}

export interface EnvironmentFacts extends NamedEnvironment {
  report: ReadResult<Report> | null;
  changes: ReadResult<Changes> | null;
  deliveries: ReadResult<Deliveries> | null;
  maintenance: MaintenancePeriod[];
}
