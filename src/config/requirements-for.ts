import type { Config, NotApplicable } from './config.ts';
import type { Requirements } from './requirements.ts';

type Scoped = { environments: string[] | null };

const appliesIn =
  (environment: string) =>
  (entry: Scoped): boolean =>
    entry.environments === null || entry.environments.includes(environment);

/** The requirements of one environment: entries that name it, and entries that name no environment. */
export function requirementsFor(requires: Requirements, environment: string): Requirements {
  const applies = appliesIn(environment);
  return {
    contractTypes: requires.contractTypes.filter(applies),
    templates: requires.templates.filter(applies),
    workflows: requires.workflows.filter(applies),
    roles: requires.roles.filter(applies),
    users: requires.users.filter(applies),
    featureFlags: requires.featureFlags.filter(applies),
    logging: requires.logging,
  };
}

/** The items of the checklist that are declared not applicable in one environment. */
export const notApplicableIn = ({ notApplicable }: Config, environment: string): NotApplicable[] =>
  notApplicable.filter(appliesIn(environment));

/**
 * Name of the environment that this one is recreated from; null when the config names none. By default only production has a
 * model: the left side of its drift pair.
 */
export function modelOf({ promotion, drift, environments }: Config, environment: string): string | null {
  const isProduction = environments.some(({ name, production }) => name === environment && production);
  if (!isProduction && promotion.to !== environment) return null;
  const isMeant = promotion.to === null || promotion.to === environment;
  const [pair] = drift.pairs.filter(([, right]) => right === environment);
  const model = (isMeant ? promotion.from : null) ?? pair?.[0] ?? null;
  return model === environment ? null : model;
}
