import type { ExternalMetadata } from '../spotdraft/contract-schemas.ts';
import type { Fact, Source, Unknown } from '../spotdraft/fact.ts';
import type {
  ContractType,
  ContractTypeEntity,
  Entity,
  Field,
  Template,
  User,
} from '../spotdraft/schemas.ts';
import type { Certificate } from '../spotdraft/transport.ts';

/** Facts read from one workspace. A fact is `null` when nothing needed it; a failed read is an unknown fact. */
export interface WorkspaceFacts {
  /** Known when an authenticated read succeeded; unknown has the reason. */
  access: Fact<true>;
  /** Fingerprint of the HMAC key, never the key. One per workspace, so it tells workspaces apart. */
  webhookKey: Fact<string>;
  /** Fingerprints of every other environment, for comparison. */
  otherWebhookKeys: OtherWebhookKey[];
  host: HostFacts;
  /** Workspace ids seen in answers. */
  workspaceIds: Fact<string[]> | null;
  actingUser: Fact<User | null> | null;
  contractTypes: Fact<ContractType[]> | null;
  contractTypeDetails: ContractTypeDetails[];
  /** All entities of the workspace. A check reads them only when a contract type lacks a required one. */
  entities: Fact<Entity[]> | null;
  templates: Fact<Template[]> | null;
  /** Read only when a required template is not published. */
  archivedTemplates: Fact<Template[]> | null;
  /** The kind of counterparty is Individual, Organisation or Both; null when the answer has none. */
  templateFields: { template: Template; fields: Fact<Field[]>; counterPartyKind: Fact<string | null> }[];
  templateTags: { template: Template; tags: Fact<string[]> }[];
  workflows: Fact<Workflow[]> | null;
  roles: Fact<string[]> | null;
  /** Known null when nobody with this address is a member. */
  users: { email: string; user: Fact<User | null> }[];
  featureFlags: Fact<unknown> | null;
  /** Members of the role that contracts are routed to. */
  roleMembers: Fact<RoleMembers> | null;
  contracts: Fact<SampledContract[]> | null;
}

/** Addresses of members of a workspace. */
export interface RoleMembers {
  /** Active ones who have the role. */
  certain: string[];
  /** Active ones whose roles the list does not show. */
  unclear: string[];
  /** Inactive ones who have the role. */
  inactive: string[];
}

/** Behaviour of the host over all reads of this workspace; each field holds the first of its kind. */
export interface HostFacts {
  /** An HTTP answer with any status but a redirect. */
  answered: Source | null;
  redirected: Unknown | null;
  certificateRefused: Unknown | null;
  unreachable: Unknown | null;
  /** Certificate of the newest TLS connection; null over plain HTTP. */
  certificate: Certificate | null;
}

export interface OtherWebhookKey {
  environment: string;
  fingerprint: Fact<string>;
  /** Last stored fingerprint, for when it cannot be read now. `at` is epoch ms UTC. */
  lastSeen: { fingerprint: string; at: number } | null;
}

export interface ContractTypeDetails {
  contractType: ContractType;
  entities: Fact<ContractTypeEntity[]> | null;
  intakeFields: Fact<Field[]> | null;
  metadataFields: Fact<Field[]> | null;
}

/** A workflow as the analytics tables show it. null: the table has no value, which says nothing about the workflow. */
export interface Workflow {
  title: string | null;
  /** Status of the newest version: PUBLISHED, UNPUBLISHED, ARCHIVED. */
  status: string | null;
  unpublishedChanges: boolean | null;
  /** Reason why this may not be the newest version of a workflow of this workspace; null when it certainly is. */
  doubt: string | null;
  signatories: Signatory[];
  approvals: Approval[];
  /** Rows that may belong to this workflow as well as to another. */
  unplaced: { signatories: Signatory[]; approvals: Approval[] };
}

export interface Signatory {
  /** CREATOR_PARTY or COUNTER_PARTY. */
  party: string | null;
  name: string | null;
  order: number | null;
  conditional: boolean | null;
  conditionalRouting: boolean | null;
}

export interface Approval {
  name: string | null;
  order: number | null;
  conditional: boolean | null;
  /**
   * The role that approves. Its name is null when no active role has this id: SpotDraft does not document that the ids of
   * analytics are those of the roles.
   */
  role: { id: string; name: string | null } | null;
}

export interface SampledContract {
  /** The id as the list shows it; a description when the list shows none. */
  id: string;
  /** null when the list shows none. */
  title: string | null;
  counterparty: string | null;
  /** Epoch ms UTC; null when the list shows no time that can be read. */
  createdAt: number | null;
  /** Address of the user who created it (`created_by_user_email`). It stays in memory. null when the list shows none. */
  creator: string | null;
  /** Known null when none is set. */
  externalMetadata: Fact<ExternalMetadata | null>;
}
