import type { Config, Environment } from '../config/config.ts';
import { requirementsFor } from '../config/requirements-for.ts';
import { foldName } from './names.ts';

/** Folded names; of those that are not known beforehand, none is counted. */
type Names = Pick<ReadonlySet<string>, 'has' | 'size'>;

/** What has to be read of one workspace for what it is read for, and nothing more. */
export interface Needs {
  userEmail: string | null;
  contractTypes: boolean;
  /** Contract types whose details are needed. */
  entities: Names;
  intakeForms: Names;
  metadataFields: Names;
  templates: boolean;
  templateFields: Names;
  /** Of every template; only its own page shows them. */
  templateTags: boolean;
  workflows: boolean;
  roles: boolean;
  userEmails: string[];
  featureFlags: string[];
  /** Contracts whose external metadata is looked at; 0: none. */
  contractSample: number;
  /** The workspace's id has to be seen in some answer. */
  workspaceId: boolean;
}

/** So that its requirements can be judged. */
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
    templates: requires.templates.length > 0,
    templateFields: new Set(
      requires.templates.filter((template) => template.fields.length > 0).map(({ name }) => foldName(name)),
    ),
    templateTags: false,
    workflows: requires.workflows.length > 0,
    roles: requires.roles.length > 0,
    userEmails: requires.users.map(({ email }) => email),
    featureFlags: requires.featureFlags.map(({ name }) => name),
    contractSample: judgesMetadata ? externalMetadata.sample : 0,
    workspaceId: environment.workspaceId !== null,
  };
}

const everyName: Names = { has: () => true, size: 0 };

/**
 * So that it can be compared: everything that the API lists. Members and feature flags can only be asked for by name; they
 * are those that any environment requires, since two are compared where both were asked.
 */
export function needsForComparison({ requires }: Config, { userEmail }: Environment): Needs {
  return {
    userEmail,
    contractTypes: true,
    entities: everyName,
    intakeForms: everyName,
    metadataFields: everyName,
    templates: true,
    templateFields: everyName,
    templateTags: true,
    workflows: true,
    roles: true,
    userEmails: distinct(requires.users.map(({ email }) => email)),
    featureFlags: distinct(requires.featureFlags.map(({ name }) => name)),
    contractSample: 0,
    workspaceId: false,
  };
}

const distinct = (names: string[]): string[] => [
  ...new Map(names.map((name) => [foldName(name), name])).values(),
];
