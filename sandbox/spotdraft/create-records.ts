import { contractNumber, freshId, metadataFields } from './ids.ts';
import type {
  SimContract,
  SimContractType,
  SimEntity,
  SimField,
  SimMetadataField,
  SimRole,
  SimTemplate,
  SimUser,
  SimWorkflow,
  Workspace,
} from './model.ts';
import type {
  ContractSeed,
  ContractTypeSeed,
  FieldSeed,
  MetadataFieldSeed,
  TemplateSeed,
  UserSeed,
  WithRequired,
  WorkflowSeed,
} from './seed-types.ts';

/** Default time: long ago and the same on every run. */
const LONG_AGO = '2025-01-15T09:00:00.000Z';

// Each function below completes one record with ids that are free in the workspace. The caller adds it to the workspace.

export function createEntity(workspace: Workspace, seed: WithRequired<SimEntity, 'name'>): SimEntity {
  const id = seed.id ?? newId(workspace, `entity/${seed.name}`, workspace.entities);
  return {
    id,
    name: seed.name,
    referenceId: seed.referenceId ?? `ENT-${workspace.entities.length + 1}`,
    type: seed.type ?? { id: 1, name: 'Private Company' },
    country: seed.country ?? { id: 234, name: 'United States', code2: 'US' },
    address: seed.address ?? {
      id: id + 1_000_000,
      lineOne: '1 Harbour Street',
      city: 'Boston',
      state: 'Massachusetts',
      zipcode: '02108',
    },
    isPrimary: seed.isPrimary ?? workspace.entities.length === 0,
  };
}

export function createRole(workspace: Workspace, seed: WithRequired<SimRole, 'name'>): SimRole {
  return { ...seed, id: seed.id ?? newId(workspace, `role/${seed.name}`, workspace.roles), name: seed.name };
}

export function createUser(workspace: Workspace, seed: UserSeed): SimUser {
  const { roles, ...rest } = seed;
  return {
    ...rest,
    id: seed.id ?? newId(workspace, `user/${seed.email}`, workspace.users),
    name: seed.name ?? nameOf(seed.email),
    active: seed.active ?? true,
    roleIds: [...(seed.roleIds ?? (roles ?? []).map((name) => named(workspace.roles, name, 'role').id))],
  };
}

export function createContractType(workspace: Workspace, seed: ContractTypeSeed): SimContractType {
  const entityIds =
    seed.entityIds ??
    seed.entities?.map((name) => named(workspace.entities, name, 'entity').id) ??
    workspace.entities.map((entity) => entity.id);
  const fields: SimMetadataField[] = [];
  for (const each of seed.metadataFields ?? []) fields.push(createMetadataField(workspace, each, fields));
  return {
    id: seed.id ?? newId(workspace, `contract-type/${seed.name}`, workspace.contractTypes),
    name: seed.name,
    entityIds: [...entityIds],
    intakeForm: seed.intakeForm?.map(createField) ?? null,
    metadataFields: fields,
  };
}

function createMetadataField(
  workspace: Workspace,
  seed: MetadataFieldSeed,
  siblings: SimMetadataField[],
): SimMetadataField {
  const others = [...metadataFields(workspace), ...siblings];
  const name = seed.section?.name ?? 'Key terms';
  const shared = others.find((other) => other.section.name === name)?.section;
  const sections = others.map((other) => other.section);
  const label = seed.descriptors[0]?.variable ?? 'empty';
  return {
    id: seed.id ?? newId(workspace, `metadata/${label}`, others),
    descriptors: seed.descriptors.map(createField),
    section: {
      id: seed.section?.id ?? shared?.id ?? newId(workspace, `section/${name}`, sections),
      name,
      type: seed.section?.type ?? 'USER_DEFINED',
    },
    external: seed.external ?? false,
  };
}

export function createTemplate(workspace: Workspace, seed: TemplateSeed): SimTemplate {
  return {
    id: seed.id ?? newId(workspace, `template/${seed.name}`, workspace.templates),
    name: seed.name,
    contractTypeId: seed.contractTypeId ?? contractTypeId(workspace, seed.contractType),
    state: seed.state ?? 'published',
    tags: [...(seed.tags ?? [])],
    counterPartyKind: seed.counterPartyKind ?? 'Both',
    fields: (seed.fields ?? []).map(createField),
  };
}

export function createWorkflow(workspace: Workspace, seed: WorkflowSeed): SimWorkflow {
  const versions = workspace.workflows.flatMap((workflow) => workflow.versions);
  const approvals = versions.flatMap((version) => version.approvals);
  const signatories = workspace.workflows.flatMap((workflow) => workflow.signatories);
  const ids = takenIds(workspace, seed.title, {
    version: versions.map((each) => each.frozenId),
    approval: approvals.map((each) => each.id),
    signatory: signatories.map((each) => each.id),
  });
  return {
    id: seed.id ?? newId(workspace, `workflow/${seed.title}`, workspace.workflows),
    title: seed.title,
    versions: (seed.versions ?? [{ approvals: seed.approvals ?? [] }]).map((version) => ({
      frozenId: version.frozenId ?? ids('version'),
      status: version.status ?? 'PUBLISHED',
      created: version.created ?? LONG_AGO,
      lastPublished:
        version.lastPublished === undefined ? (version.created ?? LONG_AGO) : version.lastPublished,
      unpublishedChanges: version.unpublishedChanges ?? false,
      approvals: (version.approvals ?? []).map((approval, index) => {
        const given: Exclude<typeof approval, string> =
          typeof approval === 'string' ? { name: approval } : approval;
        return {
          id: given.id ?? ids('approval'),
          name: given.name,
          order: given.order ?? index + 1,
          roleId: given.roleId ?? workspace.roles.find(({ name }) => name === given.role)?.id ?? null,
          conditional: given.conditional ?? false,
        };
      }),
    })),
    signatories: (seed.signatories ?? []).map((signatory, index) => ({
      id: signatory.id ?? ids('signatory'),
      party: signatory.party,
      name: signatory.name,
      order: signatory.order ?? index + 1,
      conditional: signatory.conditional ?? false,
      conditionalRouting: signatory.conditionalRouting ?? false,
    })),
  };
}

export function createContract(workspace: Workspace, seed: ContractSeed): SimContract {
  const taken = workspace.contracts.map((contract) => contractNumber(contract.id));
  const id = seed.id ?? `T-${freshId(workspace.key, `contract/${seed.name ?? taken.length}`, taken)}`;
  const created = seed.created ?? LONG_AGO;
  const internal = workspace.contracts.map(({ internalId }) => internalId);
  return {
    id,
    internalId: seed.internalId ?? freshId(workspace.key, `internal/${id}`, [...internal, ...taken]),
    name: seed.name ?? `Contract ${id}`,
    contractTypeId: seed.contractTypeId ?? contractTypeId(workspace, seed.contractType),
    kind: seed.kind ?? 'TEMPLATE_CONTRACT',
    status: seed.status ?? 'DRAFT',
    created,
    lastUpdated: seed.lastUpdated ?? created,
    executed: seed.executed ?? (seed.status === 'EXECUTED' ? (seed.lastUpdated ?? created) : null),
    counterparty: seed.counterparty ?? 'Fabrikam Ltd.',
    createdBy: seed.createdBy ?? creator(workspace),
    referenceId: seed.referenceId ?? `REF-${contractNumber(id)}`,
    externalMetadata: seed.externalMetadata ? structuredClone(seed.externalMetadata) : null,
  };
}

export function createField(seed: FieldSeed): SimField {
  return {
    ...structuredClone(seed),
    label: seed.label ?? labelOf(seed.variable),
    type: seed.type ?? 'string',
    required: seed.required ?? false,
  };
}

const newId = (workspace: Workspace, name: string, others: { id: number }[]): number =>
  freshId(
    workspace.key,
    name,
    others.map((other) => other.id),
  );

/** Creates ids for the parts of a workflow, which are not in the workspace yet. */
function takenIds<Kind extends string>(workspace: Workspace, title: string, taken: Record<Kind, number[]>) {
  return (kind: Kind): number => {
    const id = freshId(workspace.key, `${kind}/${title}/${taken[kind].length}`, taken[kind]);
    taken[kind].push(id);
    return id;
  };
}

function contractTypeId(workspace: Workspace, name: string | undefined): number {
  if (name !== undefined) return named(workspace.contractTypes, name, 'contract type').id;
  const first = workspace.contractTypes[0];
  if (!first) throw new Error(`Workspace ${workspace.key} has no contract type; seed one first.`);
  return first.id;
}

function named<T extends { name: string }>(list: T[], name: string, what: string): T {
  const found = list.find((each) => each.name === name);
  if (found) return found;
  const available = list.map((each) => `"${each.name}"`).join(', ') || 'none';
  throw new Error(`The seed refers to an unknown ${what} "${name}". Known: ${available}.`);
}

function creator(workspace: Workspace): SimContract['createdBy'] {
  const user = workspace.users.find((each) => each.active);
  return user
    ? { name: user.name, email: user.email }
    : { name: 'SYSTEM', email: 'system@spotdraft.example' };
}

const capitalised = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** `ana.lima@northwind.example` gives "Ana Lima". */
const nameOf = (email: string): string =>
  (email.split('@')[0] ?? email).split(/[._-]/).map(capitalised).join(' ');

/** `payment_terms` gives "Payment terms". */
const labelOf = (variable: string): string => capitalised(variable.replaceAll(/[._]/g, ' '));
