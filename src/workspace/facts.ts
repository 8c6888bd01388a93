import type { Fact, Source, Unknown } from '../spotdraft/fact.ts';
import type { ContractType, ExternalMetadata, Field, Template, User } from '../spotdraft/schemas.ts';
import type { Certificate } from '../spotdraft/transport.ts';

/** What was read of one workspace. `null` stands only where nothing needed it; a failed read is an unknown fact. */
export interface WorkspaceFacts {
  /** An authenticated read that succeeded, or why none did. */
  access: Fact<true>;
  /** Fingerprint of the HMAC key, never the key. One per workspace, so it tells workspaces apart. */
  webhookKey: Fact<string>;
  /** The same of every other environment, to be compared. */
  otherWebhookKeys: OtherWebhookKey[];
  host: HostFacts;
  /** Workspace ids that answers carried. */
  workspaceIds: Fact<number[]> | null;
  actingUser: Fact<User | null> | null;
  contractTypes: Fact<ContractType[]> | null;
  contractTypeDetails: ContractTypeDetails[];
  templates: Fact<Template[]> | null;
  templateFields: { template: Template; fields: Fact<Field[]> }[];
  templateTags: { template: Template; tags: Fact<string[]> }[];
  workflows: Fact<Workflow[]> | null;
  roles: Fact<string[]> | null;
  /** Known null: not a member. */
  users: { email: string; user: Fact<User | null> }[];
  featureFlags: Fact<unknown> | null;
  contracts: Fact<SampledContract[]> | null;
}

/** How the host behaved over all reads of this workspace; each the first of its kind. */
export interface HostFacts {
  /** An HTTP answer of whatever status, redirects excepted. */
  answered: Source | null;
  redirected: Unknown | null;
  certificateRefused: Unknown | null;
  unreachable: Unknown | null;
  /** Of the newest TLS connection; null over plain HTTP. */
  certificate: Certificate | null;
}

export interface OtherWebhookKey {
  environment: string;
  fingerprint: Fact<string>;
  /** What was last seen there, for when it cannot be read now. */
  lastSeen: { fingerprint: string; at: number } | null;
}

export interface ContractTypeDetails {
  contractType: ContractType;
  entities: Fact<string[]> | null;
  intakeFields: Fact<Field[]> | null;
  metadataFields: Fact<Field[]> | null;
}

export interface Workflow {
  title: string;
  /** Of the newest version: PUBLISHED, UNPUBLISHED, ARCHIVED; null when the table holds no value. */
  status: string | null;
  unpublishedChanges: boolean | null;
  signatories: { party: string; name: string; order: number | null }[];
  approvals: { name: string; order: number | null }[];
}

export interface SampledContract {
  id: string;
  createdAt: string;
  /** Known null: none is set. */
  externalMetadata: Fact<ExternalMetadata | null>;
}
