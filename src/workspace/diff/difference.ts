export type Weight = 'breaking' | 'risky' | 'cosmetic';

/** One path at which two configurations disagree. The left one is the model, the right one is measured against it. */
export interface Difference {
  /** As in `templates/Order Form - Standard/fields/effective_date/type`; path.ts says how names stand in it. */
  path: string;
  /** missing: not on the right; extra: only there; changed: on both, and not the same. */
  kind: 'missing' | 'extra' | 'changed';
  weight: Weight;
  /** Null where it is not there. A whole thing is a record of everything that was read of it. */
  left: unknown;
  right: unknown;
}

/** A place that was not read on one side or on both. Never a difference, and never the same. */
export interface NotCompared {
  /** With `*` where one reason holds for several things of a kind. */
  path: string;
  reason: string;
}

/** The same with what a program can decide by. `not_read`: one side did not look; `ambiguous`: two things of one name. */
export interface NotComparedCause extends NotCompared {
  why: 'failed_left' | 'failed_right' | 'not_read' | 'ambiguous';
}

/** Both lists in the order of their paths. */
export interface Comparison {
  differences: Difference[];
  unknown: NotCompared[];
}
