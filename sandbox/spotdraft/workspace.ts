import { createHash } from 'node:crypto';
import {
  createContract,
  createContractType,
  createEntity,
  createRole,
  createTemplate,
  createUser,
  createWorkflow,
} from './create-records.ts';
import type { Workspace } from './model.ts';
import type { WorkspaceSeed } from './seed-types.ts';

export type * from './model.ts';

/**
 * Creates a workspace and fills in everything that the seed leaves out. Ids and credentials are derived from the key and
 * the records' names: always the same in one workspace, different in every other. The seed may refer to records by name:
 * `{ key: 'uat', contractTypes: [{ name: 'NDA' }], templates: [{ name: 'NDA - Standard', contractType: 'NDA' }] }`.
 * The seed is copied, so that one seed can create several workspaces.
 */
export function createWorkspace(seed: WorkspaceSeed): Workspace {
  const { key } = seed;
  const workspace: Workspace = {
    key,
    workspaceId: seed.workspaceId ?? 1_000 + (hash(`${key}/workspace`).readUInt32BE() % 9_000),
    clientId: seed.clientId ?? `sim-${key}-client-id`,
    clientSecret: seed.clientSecret ?? `sim-${key}-client-secret`,
    hmacKey: seed.hmacKey ?? hash(`${key}/hmac-key`).toString('base64'),
    contractTypes: [],
    templates: [],
    entities: [],
    roles: [],
    users: [],
    featureFlags: { PUBLIC_ANALYTICS_QUERY_API: true, ...seed.featureFlags },
    analytics: seed.analytics ?? 'enabled',
    workflows: [],
    contracts: [],
    webhooks: structuredClone(seed.webhooks ?? []),
    developerSettings: seed.developerSettings ?? true,
  };
  // In order of reference: each record may refer to records created before it.
  for (const each of seed.entities ?? []) workspace.entities.push(createEntity(workspace, each));
  for (const each of seed.roles ?? []) workspace.roles.push(createRole(workspace, each));
  for (const each of seed.users ?? []) workspace.users.push(createUser(workspace, each));
  for (const each of seed.contractTypes ?? [])
    workspace.contractTypes.push(createContractType(workspace, each));
  for (const each of seed.templates ?? []) workspace.templates.push(createTemplate(workspace, each));
  for (const each of seed.workflows ?? []) workspace.workflows.push(createWorkflow(workspace, each));
  for (const each of seed.contracts ?? []) workspace.contracts.push(createContract(workspace, each));
  return workspace;
}

/** A 64-byte hash. */
function hash(text: string): Buffer {
  return createHash('sha512').update(`sim-spotdraft/${text}`).digest();
}
