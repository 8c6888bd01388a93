export type Weight = 'breaking' | 'risky' | 'cosmetic';

/** One path at which two configurations disagree. The left one is the model for the right one. */
export interface Difference {
  /** `templates/Order Form - Standard/fields/effective_date/type`; path.ts says how names are encoded. */
  path: string;
  /** missing: not on the right; extra: on the right only; changed: on both, with different values. */
  kind: 'missing' | 'extra' | 'changed';
  weight: Weight;
  /** null on the side that lacks it. An item is a record of everything that was read of it. */
  left: unknown;
  right: unknown;
}

/** A place that was not read on one side or on both. It is neither a difference nor equal. */
export interface NotCompared {
  /** Has `*` for names when one reason holds for several items of a kind. */
  path: string;
  reason: string;
}

/** A `NotCompared` with a cause for programs. `not_read`: one side did not read it; `ambiguous`: two items of one name. */
export interface NotComparedCause extends NotCompared {
  why: 'failed_left' | 'failed_right' | 'not_read' | 'ambiguous';
}

/** Both lists are sorted by path. */
export interface Comparison {
  differences: Difference[];
  unknown: NotCompared[];
}
