import type { Config, Environment } from '../config/config.ts';
import type { WorkflowRequirement } from '../config/requirements.ts';
import { requirementsFor } from '../config/requirements-for.ts';
import { isAddress } from '../text/ids.ts';
import { foldName } from './names.ts';

/** Folded names. `size` is 0 when the names are not known beforehand. */
type Names = Pick<ReadonlySet<string>, 'has' | 'size'>;

/** Everything that has to be read of one workspace for one purpose, and nothing more. */
export interface Needs {
  userEmail: string | null;
  contractTypes: boolean;
  /** Contract types whose details are needed. */
  entities: Names;
  intakeForms: Names;
  metadataFields: Names;
  /** True when all entities of the workspace are needed. */
  workspaceEntities: boolean;
  templates: boolean;
  templateFields: Names;
  /** Read for every template, because only the single template shows its tags. */
  templateTags: boolean;
  /** Names to look for elsewhere when the lists above lack them; empty where nothing is required. */
  lookFor: { templates: string[]; entities: { contractType: string; names: string[] }[] };
  workflows: boolean;
  roles: boolean;
  userEmails: string[];
  featureFlags: string[];
  /** Role whose members are read; null when no one asks. */
  membersOf: string | null;
  /** Number of contracts whose external metadata is read. */
  contractSample: number;
  /** True when some answer has to show the workspace's id. */
  workspaceId: boolean;
}

/** Needs of a check: what the requirements name. */
export function needsForCheck(config: Config, environment: Environment): Needs {
  const requires = requirementsFor(config.requires, environment.name);
  const typesWith = (list: 'entities' | 'intakeFields' | 'metadataFields') =>
    new Set(requires.contractTypes.filter((type) => type[list].length > 0).map(({ name }) => foldName(name)));
  const { externalMetadata } = config;
  const judgesMetadata =
    externalMetadata !== null &&
    (externalMetadata.rules.length > 0 ||
      (environment.production && externalMetadata.foreignMarkers.length > 0));
  return {
    userEmail: environment.userEmail,
    contractTypes:
      requires.contractTypes.length > 0 ||
      requires.templates.some((template) => template.contractType !== null),
    entities: typesWith('entities'),
    intakeForms: typesWith('intakeFields'),
    metadataFields: typesWith('metadataFields'),
    workspaceEntities: false,
    templates: requires.templates.length > 0,
    templateFields: new Set(
      requires.templates.filter((template) => template.fields.length > 0).map(({ name }) => foldName(name)),
    ),
    templateTags: false,
    lookFor: {
      templates: requires.templates.map(({ name }) => name),
      entities: requires.contractTypes.map(({ name, entities }) => ({ contractType: name, names: entities })),
    },
    workflows: requires.workflows.length > 0,
    roles:
      requires.roles.length > 0 ||
      roleIn(environment.routing) !== null ||
      requires.users.some(({ roles }) => roles.length > 0) ||
      requires.workflows.some(namesRole),
    userEmails: requires.users.map(({ email }) => email),
    featureFlags: requires.featureFlags.map(({ name }) => name),
    membersOf: roleIn(environment.routing),
    contractSample: judgesMetadata ? externalMetadata.sample : 0,
    workspaceId: environment.workspaceId !== null,
  };
}

/** The analytics tables show the role of an approval by its id only. */
const namesRole = ({ approvals }: WorkflowRequirement): boolean =>
  approvals.some(({ role }) => role !== null);

const everyName: Names = { has: () => true, size: 0 };

/**
 * Needs of a comparison: everything that the API lists. Members and feature flags can only be read by name, so these are the
 * ones that any environment requires; two environments are compared only where both were asked.
 */
export function needsForComparison({ requires }: Config, { userEmail }: Environment): Needs {
  return {
    userEmail,
    contractTypes: true,
    entities: everyName,
    intakeForms: everyName,
    metadataFields: everyName,
    workspaceEntities: true,
    templates: true,
    templateFields: everyName,
    templateTags: true,
    lookFor: { templates: [], entities: [] },
    workflows: true,
    roles: true,
    userEmails: distinct(requires.users.map(({ email }) => email)),
    featureFlags: [...new Set(requires.featureFlags.map(({ name }) => name))],
    membersOf: null,
    contractSample: 0,
    workspaceId: false,
  };
}

/** The business user is a role when it is no address. */
const roleIn = (routing: Environment['routing']): string | null =>
  routing === null || isAddress(routing.businessUser) ? null : routing.businessUser;

const distinct = (names: string[]): string[] => [
  ...new Map(names.map((name) => [foldName(name), name])).values(),
];
