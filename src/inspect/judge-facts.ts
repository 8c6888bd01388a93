import type { Config, Environment } from '../config/config.ts';
import { notApplicableIn, requirementsFor } from '../config/requirements-for.ts';
import { evaluate } from '../readiness/evaluate.ts';
import type { PromotionFacts } from '../readiness/promotion.ts';
import type { ItemResult } from '../readiness/report.ts';
import type { GatheredFacts } from './gather-facts.ts';

/** Step 2 of a check: judges the facts against the config. Pure: no database, no network, no clock. */
export const judgeFacts = (
  config: Config,
  environment: Environment,
  { facts, log, receivers }: GatheredFacts,
  promotion: PromotionFacts | null,
  now: number,
): ItemResult[] =>
  evaluate({
    environment,
    environments: config.environments,
    requires: requirementsFor(config.requires, environment.name),
    externalMetadata: config.externalMetadata,
    publicUrl: config.publicUrl,
    trustedHosts: config.trustedHosts,
    facts,
    promotion,
    log,
    receivers,
    notApplicable: notApplicableIn(config, environment.name).map(({ item }) => item),
    now,
  });
