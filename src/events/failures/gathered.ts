import type { Acknowledgement } from '../../store/acknowledgements.ts';
import type { FailureGroup, FailureKind, Pause } from './group.ts';

/** A group with everything its state follows from. The state is computed again when an act is written. */
export interface GatheredGroup {
  group: FailureGroup;
  healed: Pause[];
  sample: string | null;
  /** More about the state of missing events; absent where nothing is to add. */
  hint?: string | null;
}

export interface GatheredFailures {
  groups: GatheredGroup[];
  acknowledgements: Acknowledgement[];
  /** Kinds whose rows could all be read. */
  complete: Set<FailureKind>;
  /** Parts that could not be read, with the reason. */
  unknown: { what: string; why: string }[];
  /** Failures that are not watched, with the reason. */
  notWatched: string[];
}
