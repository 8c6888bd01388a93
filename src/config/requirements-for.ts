import type { Requirements } from './config.ts';

/** The requirements that hold in one environment: those that name no environment, and those that name it. */
export function requirementsFor(requires: Requirements, environment: string): Requirements {
  const holds = (entry: { environments: string[] | null }): boolean =>
    entry.environments === null || entry.environments.includes(environment);
  return {
    contractTypes: requires.contractTypes.filter(holds),
    templates: requires.templates.filter(holds),
    workflows: requires.workflows.filter(holds),
    roles: requires.roles.filter(holds),
    users: requires.users.filter(holds),
    featureFlags: requires.featureFlags.filter(holds),
  };
}
