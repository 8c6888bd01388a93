import type { Pattern } from './pattern.ts';

/** An entry that applies to some environments; null: to all of them. */
export interface Scoped {
  environments: string[] | null;
}

export interface Requirements {
  contractTypes: ContractTypeRequirement[];
  templates: TemplateRequirement[];
  workflows: WorkflowRequirement[];
  roles: (Scoped & { name: string })[];
  users: (Scoped & { email: string; roles: string[] })[];
  featureFlags: (Scoped & { name: string })[];
  logging: LoggingRequirement;
}

/** Ids of the sign-offs that `requires.logging` asks for, by what they prove. */
export const loggingSignOffIds = { requests: 'logging-requests', retries: 'logging-retries' } as const;

/** Proof that the integration logs request ids and retries: its reports, or a sign-off. */
export interface LoggingRequirement {
  requests: 'reported' | 'signOff';
  retries: 'reported' | 'signOff';
}

export interface ContractTypeRequirement extends Scoped {
  name: string;
  /** Names of the entities. */
  entities: string[];
  intakeFields: FieldRequirement[];
  metadataFields: FieldRequirement[];
}

export interface TemplateRequirement extends Scoped {
  name: string;
  /** null: any contract type. */
  contractType: string | null;
  fields: FieldRequirement[];
}

/** A required field. A property that is null is not judged. */
export interface FieldRequirement {
  variable: string;
  type: FieldType | null;
  required: boolean | null;
  /** Values (not labels) that the field must offer. */
  options: OptionValue[] | null;
}

export type OptionValue = string | number | boolean;

export const fieldTypes = [
  'string',
  'boolean',
  'int',
  'float',
  'array of strings',
  'array of options',
  'enum',
  'date',
  'repeating',
  'array of files',
] as const;
export type FieldType = (typeof fieldTypes)[number];

export interface WorkflowRequirement extends Scoped {
  title: string;
  signatories: SignatoryRequirement[];
  approvals: ApprovalRequirement[];
}

/** A required signatory. A property that is null is not judged. */
export interface SignatoryRequirement {
  party: 'CREATOR_PARTY' | 'COUNTER_PARTY';
  name: string;
  order: number | null;
  conditional: boolean | null;
}

/** A required approval. A property that is null is not judged. */
export interface ApprovalRequirement {
  name: string;
  order: number | null;
  /** Name of the role that approves. */
  role: string | null;
  conditional: boolean | null;
}

export interface ExternalMetadata {
  /** How many of the most recent contracts are checked. */
  sample: number;
  rules: ExternalMetadataRule[];
  foreignMarkers: string[];
}

export interface ExternalMetadataRule {
  integration: string;
  recordType: string;
  /** null: any id. */
  id: Pattern | null;
  unique: boolean;
}
