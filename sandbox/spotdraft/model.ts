/**
 * All data that the API shows of one workspace. It is mutable: a change shows in the next answer. References are ids in
 * the same workspace. Times are ISO 8601 UTC. Undefined values are absent from the answers.
 */
export interface Workspace {
  /** Name of the workspace in tests, faults and traffic. It never appears in answers. */
  key: string;
  workspaceId: number;
  clientId: string;
  clientSecret: string;
  /** Base64 of 64 bytes. */
  hmacKey: string;
  contractTypes: SimContractType[];
  templates: SimTemplate[];
  entities: SimEntity[];
  roles: SimRole[];
  users: SimUser[];
  featureFlags: Record<string, boolean>;
  /** `not_enabled`: 501 SD_PUBLIC_00045; `not_permitted`: 403 SD_PUBLIC_00044. */
  analytics: 'enabled' | 'not_enabled' | 'not_permitted';
  workflows: SimWorkflow[];
  contracts: SimContract[];
  webhooks: SimWebhook[];
  /** True when the credentials may create and delete webhooks; otherwise these requests get 403. */
  developerSettings: boolean;
}

export type FieldType =
  | 'string'
  | 'boolean'
  | 'int'
  | 'float'
  | 'array of strings'
  | 'array of options'
  | 'enum'
  | 'date'
  | 'repeating'
  | 'array of files';

/** A field of an intake form, a template or a metadata definition. */
export interface SimField {
  variable: string;
  label: string;
  type: FieldType;
  required: boolean;
  options?: { label: string; value: unknown }[] | undefined;
  question?: string | undefined;
  helpText?: string | undefined;
  defaultValue?: unknown;
  parentVariable?: string | undefined;
  parentType?: string | undefined;
  childVariable?: string | undefined;
  parentRequired?: boolean | undefined;
  /** Columns of a `repeating` field. */
  attributes?: SimField[] | undefined;
}

/** One metadata definition ("key pointer"). A compound one, such as a currency, has several descriptors. */
export interface SimMetadataField {
  id: number;
  descriptors: SimField[];
  section: { id: number; name: string; type: 'USER_DEFINED' | 'SYSTEM_DEFINED' };
  /** True when it is also listed with `is_external=true`. */
  external: boolean;
}

export interface SimContractType {
  id: number;
  name: string;
  entityIds: number[];
  /** Null and an empty list are both answered as an empty list. */
  intakeForm: SimField[] | null;
  metadataFields: SimMetadataField[];
}

export interface SimTemplate {
  id: number;
  name: string;
  contractTypeId: number;
  /** Published templates are listed, archived ones only with `include_archived=true`, drafts never. */
  state: 'published' | 'archived' | 'draft';
  tags: string[];
  counterPartyKind: 'Individual' | 'Organisation' | 'Both';
  fields: SimField[];
}

export interface SimEntity {
  id: number;
  name: string;
  referenceId: string;
  /** Answered as `organization_type` and `entity_type`. */
  type: { id: number; name: string };
  country: { id: number; name: string; code2: string };
  address: { id: number; lineOne: string; city: string; state: string; zipcode: string };
  isPrimary: boolean;
}

export interface SimRole {
  id: number;
  name: string;
  description?: string | undefined;
}

export interface SimUser {
  id: number;
  email: string;
  name: string;
  active: boolean;
  designation?: string | undefined;
  roleIds: number[];
}

export interface SimWorkflow {
  id: number;
  title: string;
  /** Each version is one row of `workflows_setup`. */
  versions: SimWorkflowVersion[];
  /** Signatories belong to the workflow, not a version: `signatures_setups` has no frozen workflow id. */
  signatories: SimSignatory[];
}

export interface SimWorkflowVersion {
  frozenId: number;
  status: 'PUBLISHED' | 'UNPUBLISHED' | 'ARCHIVED';
  created: string;
  lastPublished: string | null;
  unpublishedChanges: boolean;
  approvals: SimApproval[];
}

export interface SimSignatory {
  id: number;
  party: 'CREATOR_PARTY' | 'COUNTER_PARTY';
  name: string;
  order: number;
  conditional: boolean;
  conditionalRouting: boolean;
}

export interface SimApproval {
  id: number;
  name: string;
  order: number;
  roleId: number | null;
  conditional: boolean;
}

export type ContractStatus = 'DRAFT' | 'REDLINING' | 'SIGN' | 'EXECUTED' | 'ON_HOLD' | 'VOIDED';

export interface SimContract {
  /** Composite id: `T-123` or `H-123`. The number alone is unique in the workspace too. */
  id: string;
  /** The integer in webhooks, links and re-triggers. SpotDraft does not document that it is the number in the composite id. */
  internalId: number;
  name: string;
  contractTypeId: number;
  /** Used by a filter and in webhooks, but not in any answer. */
  kind: string;
  status: ContractStatus;
  created: string;
  /** Used by a filter, but not in any answer. */
  lastUpdated: string;
  /** The date of execution; null before. Used by a filter, but not in any answer. */
  executed: string | null;
  counterparty: string;
  createdBy: { name: string; email: string };
  referenceId: string;
  externalMetadata: SimExternalMetadata | null;
}

/** The source system's record of a contract. The API document requires none of these fields. */
export interface SimExternalMetadata {
  id?: string | undefined;
  integrationName?: string | undefined;
  recordType?: string | undefined;
  recordData?: Record<string, unknown> | undefined;
  /** A UUID. */
  objectConfigurationId?: string | undefined;
}

export interface SimWebhook {
  id: number;
  title: string;
  url: string;
  onlyForActivities: string[];
  description?: string | undefined;
  customHeaders?: Record<string, string> | undefined;
  status: 'ACTIVE' | 'DISABLED_BY_USER' | 'DISABLED_BY_ERROR';
  created: string;
  createdBy: { id: number; email: string; name: string; designation?: string | undefined } | null;
}
