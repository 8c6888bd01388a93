import type { Environment } from '../config/config.ts';
import type { Arrival } from '../events/log/log-facts.ts';
import type { Fact } from '../spotdraft/fact.ts';
import type { Difference, NotCompared } from '../workspace/diff/difference.ts';
import type { SnapshotContent } from '../workspace/snapshot.ts';
import type { Verdict } from './report.ts';

/** Facts about the environment that a production environment is recreated from. */
export interface PromotionFacts {
  model: Environment;
  /** How recently the model must have been ready, ms. */
  withinMs: number;
  validation: Fact<Validation>;
  drift: Fact<ModelDrift>;
  /** Last complete reading of the model within `withinMs`; null when there is none. */
  configuration: SnapshotContent | null;
}

export interface Validation {
  /** Newest report of the model; null when it was never checked. */
  newest: { verdict: Verdict; checkedAt: number } | null;
  /** Newest report within `withinMs` that says ready, with its time (epoch ms UTC); null when there is none. */
  ready: { id: string; at: number; workspace: ReportedWorkspace } | null;
  /** False when that report judged nothing of the model's configuration. */
  judgedConfiguration: boolean;
  /** Arrival in the model of each activity that it or this environment expects; empty when the model has no webhooks. */
  arrivals: Arrival[];
  /** Newest reading of the model that shows another workspace, epoch ms UTC; null when none does. Older arrivals prove nothing. */
  otherWorkspaceUntil: number | null;
}

/** Workspace of a report, compared with the one that the model's credentials open now. */
export type ReportedWorkspace = 'same' | 'other' | 'unknown';

export interface ModelDrift {
  /** Epoch ms UTC of the older of the two readings. */
  comparedAt: number;
  /** Number of items of the model that were compared. */
  items: number;
  /** Breaking differences that nobody accepted. */
  breaking: Difference[];
  /** Number of breaking differences that somebody accepted. */
  accepted: number;
  /** Places that could not be compared because a read failed. */
  unread: NotCompared[];
}

/** Checks of required objects, which say more precisely what is missing than a comparison does. */
export const driftBases: readonly string[] = [
  'credentials.accepted',
  'credentials.workspace',
  'credentials.user',
  'config.contract-types',
  'config.entities',
  'config.intake-forms',
  'config.templates',
  'config.template-fields',
  'config.metadata-fields',
  'config.workflows',
  'config.feature-flags',
  'routing.roles',
  'routing.users',
];
