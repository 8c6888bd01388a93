import type { Config, Environment } from '../config/config.ts';
import { requirementsFor } from '../config/requirements-for.ts';
import { foldName } from './names.ts';

/** What has to be read of one workspace so that its requirements can be judged, and nothing more. Names are folded. */
export interface Needs {
  userEmail: string | null;
  contractTypes: boolean;
  /** Contract types whose details are required. */
  entities: Set<string>;
  intakeForms: Set<string>;
  metadataFields: Set<string>;
  templates: boolean;
  templateFields: Set<string>;
  workflows: boolean;
  roles: boolean;
  userEmails: string[];
  featureFlags: string[];
  /** Contracts whose external metadata is looked at; 0: none. */
  contractSample: number;
  /** The workspace's id has to be seen in some answer. */
  workspaceId: boolean;
}

export function needsOf(config: Config, environment: Environment): Needs {
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
    workflows: requires.workflows.length > 0,
    roles: requires.roles.length > 0,
    userEmails: requires.users.map(({ email }) => email),
    featureFlags: requires.featureFlags.map(({ name }) => name),
    contractSample: judgesMetadata ? externalMetadata.sample : 0,
    workspaceId: environment.workspaceId !== null,
  };
}
