import type { Environment } from '../config/config.ts';
import type { ExternalMetadata, Requirements } from '../config/requirements.ts';
import type { LogFacts } from '../events/log/log-facts.ts';
import type { Fact } from '../spotdraft/fact.ts';
import type { WorkspaceFacts } from '../workspace/facts.ts';
import type { ProbedReceiver } from '../workspace/receivers/probe-result.ts';
import type { Judgement } from './judgement.ts';
import type { PromotionFacts } from './promotion.ts';
import type { ItemId, Severity } from './report.ts';

/** Everything a check may use. It was gathered before: a check reads nothing and knows no time but `now`. */
export interface CheckInput {
  environment: Environment;
  /** All environments of the config, this one included. */
  environments: readonly Environment[];
  /** Requirements that apply to this environment. */
  requires: Requirements;
  externalMetadata: ExternalMetadata | null;
  publicUrl: string | null;
  trustedHosts: readonly string[];
  facts: WorkspaceFacts;
  /** Facts about the model of this environment; null when the config names none. */
  promotion: PromotionFacts | null;
  /** Facts from the event log of this environment. */
  log: Fact<LogFacts>;
  /** Answers of the integration's receivers to probes, in the order of the config. */
  receivers: readonly ProbedReceiver[];
  /** Items that the config declares not applicable here. */
  notApplicable: readonly ItemId[];
  /** Epoch ms UTC. */
  now: number;
}

export interface Check {
  /** `config.templates`; the file in checks/ has the same name with a dash for the dot. */
  id: string;
  item: ItemId;
  title: string;
  severity: Severity;
  /**
   * Ids of the checks that this one rests on. When one of them fails, this one waits, because nothing it says is earned. When
   * one of them is unknown, this one waits if it is unknown too: it has the same cause.
   */
  restsOn: readonly string[] | ((input: CheckInput) => readonly string[]);
  judge(input: CheckInput): Judgement;
}
