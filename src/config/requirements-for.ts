import type { Requirements } from './config.ts';

/** The requirements of one environment: entries that name it, and entries that name no environment. */
export function requirementsFor(requires: Requirements, environment: string): Requirements {
  const applies = (entry: { environments: string[] | null }): boolean =>
    entry.environments === null || entry.environments.includes(environment);
  return {
    contractTypes: requires.contractTypes.filter(applies),
    templates: requires.templates.filter(applies),
    workflows: requires.workflows.filter(applies),
    roles: requires.roles.filter(applies),
    users: requires.users.filter(applies),
    featureFlags: requires.featureFlags.filter(applies),
  };
}
