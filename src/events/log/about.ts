import type { ContractDetail } from '../../spotdraft/contract-schemas.ts';
import type { ReadResult } from '../../spotdraft/fact.ts';

/** The known facts of a contract in one environment. */
export interface About {
  environment: string;
  contract: ReadResult<ContractDetail>;
  /** True when only the number in its composite id is the one that was asked for. */
  isGuess: boolean;
  /** Expected activities that did not come. */
  missing: string[];
  /** Why nothing can be said about expected activities; null when they were judged. */
  notJudged: string | null;
  /** The newest event in the log; null when there is none. SpotDraft shows no time of the last change. */
  lastChange: { at: number; activity: string | null } | null;
  /** Receivers with the number of events that they got; null: SpotDraft does not show it. */
  receivers: { name: string; got: number | null }[];
}
