import type { Acceptance } from '../../approvals/waivers/acceptance.ts';
import type { Change } from '../../inspect/read-history.ts';
import type { CheckResult, Report, Verdict } from '../../readiness/report.ts';
import type { ReadResult } from '../../spotdraft/fact.ts';
import type { RefusedGroup } from '../../store/deliveries.ts';
import type { Difference, NotCompared } from '../../workspace/diff/difference.ts';
import type { MaintenancePeriod } from '../schedule/maintenance.ts';

/** The content of a digest, ready to present. Times are epoch ms UTC; days count from 1. */
export interface Digest {
  /** Name of the report in the config. */
  name: string;
  /** `baseline`: the first digest, with nothing to compare with. `heartbeat`: nothing changed for a week. */
  kind: 'baseline' | 'digest' | 'heartbeat';
  sections: readonly Section[];
  period: { from: number; to: number };
  timezone: string;
  /** Planned time of a late digest; null when it is on time. */
  lateSince: number | null;
  /** Something changed since the previous digest. */
  moved: boolean;
  environments: DigestEnvironment[];
  pairs: DigestPair[];
  /** Waivers, ignore rules and sign-offs that expire soon; soonest first. */
  expiring: ExpiringLine[];
}

export type Section = 'readiness' | 'drift' | 'events' | 'checklist';

export interface NamedEnvironment {
  name: string;
  production: boolean;
}

/** A part is null when the report does not have its section. */
export interface DigestEnvironment extends NamedEnvironment {
  /** The previous digest did not include this environment. */
  isNew: boolean;
  readiness: ReadResult<Readiness> | null;
  changes: ReadResult<Changes> | null;
  deliveries: ReadResult<Deliveries> | null;
  /** Maintenance during the period, current maintenance included. */
  maintenance: MaintenancePeriod[];
}

export interface Readiness {
  report: Report;
  /** Verdict in the previous digest; null when it had none. */
  before: Verdict | null;
  /** Failed and warned checks; failed and blocking ones first. */
  problems: Problem[];
  /** Checks that are unknown now. */
  unclear: UnknownCheck[];
  /** Checks that failed or warned before and pass. */
  resolved: ResolvedCheck[];
  /** Ids of the checks that pass and could not be judged in the previous digest. Nothing says that they had failed. */
  readableAgain: string[];
}

export interface Problem {
  check: CheckResult;
  /** `first`: no digest judged the check before, so it is not new. */
  state: 'new' | 'changed' | 'open' | 'first';
  since: number;
  day: number;
}

/** `failedBefore`: the check failed or warned before and is not resolved. */
export interface UnknownCheck {
  check: CheckResult;
  failedBefore: boolean;
}

export interface ResolvedCheck {
  id: string;
  title: string;
  was: 'fail' | 'warn';
}

/** Configuration changes of one environment during the period. */
export interface Changes {
  /** Newest first. */
  changes: Change[];
  notRead: NotCompared[];
}

export interface Deliveries {
  /** Deliveries with a valid signature, duplicates included. */
  verified: number;
  duplicates: number;
  /** Refused deliveries in the log. A flood is sampled: one per sender and minute. */
  refused: number;
  /** Why they were refused and whose keys signed them, most first. Digests of earlier versions have no `rejection`. */
  signers: (Pick<RefusedGroup, 'signedWith' | 'count'> & { rejection?: string })[];
  failedOutcomes: number;
  silences: Silence[];
  /** Contracts that were executed without their event, until it comes; absent when there are none. */
  missing?: { activity: string; contracts: string[] };
  keepMs: number;
}

export interface Silence {
  activity: string;
  /** No delivery arrived for at least this long, ms. */
  windowMs: number;
  /** Time of the last delivery; null when the log has none. */
  lastAt: number | null;
  /** Longer than `maxSilence` allows. When false, the silence is shown for information. */
  tooLong: boolean;
}

export interface DigestPair {
  left: NamedEnvironment;
  right: NamedEnvironment;
  drift: ReadResult<PairDrift>;
}

/** An open difference with its history. */
export interface OpenDifference extends Difference {
  fingerprint: string;
  firstSeen: number;
  /** Since when its path could not be compared; null when it was compared. Until then it is neither resolved nor unchanged. */
  uncheckedSince: number | null;
  accepted: Acceptance | null;
}

export interface DigestDifference extends OpenDifference {
  day: number;
  /** Its values in the previous digest, as text, when they changed; null otherwise. */
  before: string | null;
  /** It was accepted in the previous digest and is not now. */
  noLongerAccepted: boolean;
}

export interface PairDrift {
  added: DigestDifference[];
  changed: DigestDifference[];
  open: DigestDifference[];
  accepted: DigestDifference[];
  /** Earlier differences that could not be compared this time. */
  unchecked: DigestDifference[];
  resolved: { path: string; was: string }[];
  notCompared: NotCompared[];
}

export interface ExpiringLine {
  /** One line that names the environment. */
  what: string;
  by: string;
  /** End, exclusive. */
  until: number;
}

/** The facts for a digest, before they are compared with the previous digest. */
export interface DigestFacts {
  at: number;
  environments: EnvironmentFacts[];
  pairs: {
    left: NamedEnvironment;
    right: NamedEnvironment;
    drift: ReadResult<ComparedDrift>;
  }[];
  expiring: ExpiringLine[];
}

/** The newest comparison of a pair. */
export interface ComparedDrift {
  open: OpenDifference[];
  notCompared: NotCompared[];
  /** The kinds of places that both sides hold; absent when a side could not be read. */
  compared?: string[];
}

export interface EnvironmentFacts extends NamedEnvironment {
  report: ReadResult<Report> | null;
  changes: ReadResult<Changes> | null;
  deliveries: ReadResult<Deliveries> | null;
  maintenance: MaintenancePeriod[];
}
