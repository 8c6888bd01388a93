import type { Secret } from '../config/secret.ts';
import type { SpotDraftReader } from '../spotdraft/client.ts';
import { PAGE_LIMIT } from '../spotdraft/endpoints.ts';
import { type Fact, known, mapFact, unknown } from '../spotdraft/fact.ts';
import { readPagedList } from '../spotdraft/paged-list.ts';
import type { ContractType, Role, Template, User } from '../spotdraft/schemas.ts';
import { readWorkflows } from './analytics.ts';
import { readContracts } from './contracts.ts';
import type {
  Approval,
  ContractTypeDetails,
  OtherWebhookKey,
  RoleMembers,
  Workflow,
  WorkspaceFacts,
} from './facts.ts';
import { foldName, locate, sameName } from './names.ts';
import type { Needs } from './needs.ts';
import { nothingRead, unreadable } from './unread-facts.ts';
import { readKeyFingerprint } from './webhook-key.ts';

export interface Reading {
  client: SpotDraftReader;
  needs: Needs;
  /** Workspace id from the config. */
  workspaceId: number | null;
  /** Epoch ms UTC. */
  now: number;
  /** Receives the HMAC key; the facts hold its fingerprint only. */
  onKey: (hmacKey: Secret) => void;
}

/**
 * Reads what the needs name. Two different reads go first: when both fail, the rest is not read and is unknown for that one
 * reason.
 */
export async function readWorkspace(
  reading: Reading,
  otherWebhookKeys: Promise<OtherWebhookKey[]>,
): Promise<Omit<WorkspaceFacts, 'host'>> {
  const { client, needs } = reading;
  const webhookKey = await readKeyFingerprint(client, reading.onKey);
  let contractTypes: Fact<ContractType[]> | null = null;
  if (!webhookKey.known) {
    contractTypes = await client.read('contractTypes', undefined);
    if (!contractTypes.known) return unreadable(needs, webhookKey, contractTypes, await otherWebhookKeys);
  }
  const access = known(true as const, (webhookKey.known ? webhookKey : contractTypes)?.sources ?? []);
  const actingUser = needs.userEmail === null ? null : await readUser(client, needs.userEmail);
  const base = { access, webhookKey, actingUser };
  if (needs.userEmail !== null && actingUser?.known && !actingUser.value?.active) {
    const reason = `nothing was read, because the configured userEmail ${needs.userEmail} is not an active member`;
    const blocked = unknown('not_asked', reason, actingUser.sources);
    return { ...nothingRead(needs, blocked), ...base, otherWebhookKeys: await otherWebhookKeys };
  }
  const readingWorkflows = needs.workflows ? readWorkflows(client, reading.workspaceId) : null;
  const [others, types, templates, analytics, contracts, roles, users, featureFlags, roleMembers] =
    await Promise.all([
      otherWebhookKeys,
      readContractTypes(reading, contractTypes),
      readTemplates(reading),
      readingWorkflows,
      readContracts(reading, readingWorkflows),
      needs.roles ? client.read('roles', undefined) : null,
      Promise.all(needs.userEmails.map(async (email) => ({ email, user: await readUser(client, email) }))),
      needs.featureFlags.length > 0 ? client.read('featureFlags', { flags: needs.featureFlags }) : null,
      needs.membersOf === null ? null : readMembersOf(client, needs.membersOf),
    ]);
  return {
    ...base,
    ...types,
    ...templates,
    otherWebhookKeys: others,
    workspaceIds: needs.workspaceId
      ? mergeIds(analytics?.workspaceIds ?? null, contracts?.workspaceIds ?? null)
      : null,
    workflows: analytics && withRoleNames(analytics.workflows, roles),
    contracts: contracts?.sample ?? null,
    roles: roles && mapFact(roles, (list) => list.map(({ name }) => name)),
    users,
    featureFlags,
    roleMembers,
  };
}

/** Names the roles of approvals by their ids; a role that is not listed keeps its id only. */
function withRoleNames(workflows: Fact<Workflow[]>, roles: Fact<Role[]> | null): Fact<Workflow[]> {
  if (!roles?.known) return workflows;
  const names = new Map(roles.value.map(({ id, name }) => [id, name]));
  const named = ({ role, ...approval }: Approval): Approval => ({
    ...approval,
    role: role && { id: role.id, name: names.get(role.id) ?? null },
  });
  return mapFact(workflows, (list) =>
    list.map((workflow) => ({
      ...workflow,
      approvals: workflow.approvals.map(named),
      unplaced: { ...workflow.unplaced, approvals: workflow.unplaced.approvals.map(named) },
    })),
  );
}

async function readContractTypes(
  { client, needs }: Reading,
  alreadyRead: Fact<ContractType[]> | null,
): Promise<Pick<WorkspaceFacts, 'contractTypes' | 'contractTypeDetails' | 'entities'>> {
  const readEntities = (needed: boolean) => (needed ? client.read('entities', undefined) : null);
  const without = async (contractTypes: WorkspaceFacts['contractTypes']) => ({
    contractTypes,
    contractTypeDetails: [],
    entities: await readEntities(needs.workspaceEntities),
  });
  if (!needs.contractTypes) return without(null);
  const contractTypes = alreadyRead ?? (await client.read('contractTypes', undefined));
  if (!contractTypes.known) return without(contractTypes);
  const reading = contractTypes.value.map(async (contractType): Promise<ContractTypeDetails> => {
    const name = foldName(contractType.name);
    const parameters = { contractTypeId: contractType.id };
    const [entities, intakeFields, metadataFields] = await Promise.all([
      needs.entities.has(name) ? client.read('contractTypeEntities', parameters) : null,
      needs.intakeForms.has(name) ? client.read('intakeForm', parameters) : null,
      needs.metadataFields.has(name) ? client.read('metadataFields', parameters) : null,
    ]);
    return { contractType, entities, intakeFields, metadataFields };
  });
  const contractTypeDetails = await Promise.all(reading);
  const entities = await readEntities(needs.workspaceEntities || lacksEntity(needs, contractTypeDetails));
  return { contractTypes, contractTypeDetails, entities };
}

/** True when a contract type that could be read lacks a required entity: it may exist in the workspace all the same. */
const lacksEntity = ({ lookFor }: Needs, details: ContractTypeDetails[]): boolean =>
  lookFor.entities.some(({ contractType, names }) =>
    details.some(
      ({ contractType: { name }, entities }) =>
        sameName(name, contractType) &&
        entities?.known &&
        names.some(
          (entity) =>
            !isListed(
              entities.value.map((each) => each.name),
              entity,
            ),
        ),
    ),
  );

const isListed = (names: string[], name: string): boolean =>
  locate(names, name, (each) => each).kind !== 'missing';

async function readTemplates({
  client,
  needs,
}: Reading): Promise<
  Pick<WorkspaceFacts, 'templates' | 'archivedTemplates' | 'templateFields' | 'templateTags'>
> {
  const none = { archivedTemplates: null, templateFields: [], templateTags: [] };
  if (!needs.templates) return { templates: null, ...none };
  const templates = await client.read('templates', undefined);
  if (!templates.known) return { templates, ...none };
  const wanted = templates.value.filter((template: Template) =>
    needs.templateFields.has(foldName(template.name)),
  );
  const templateFields = wanted.map(async (template) => {
    const read = await client.read('templateFields', { templateId: template.id });
    return {
      template,
      fields: mapFact(read, ({ fields }) => fields),
      counterPartyKind: mapFact(read, ({ counterPartyKind }) => counterPartyKind),
    };
  });
  const templateTags = (needs.templateTags ? templates.value : []).map(async (template) => ({
    template,
    tags: mapFact(await client.read('template', { templateId: template.id }), ({ tags }) => tags),
  }));
  const published = templates.value.map(({ name }) => name);
  const lacksOne = needs.lookFor.templates.some((name) => !isListed(published, name));
  return {
    templates,
    archivedTemplates: lacksOne ? await readArchived(client, templates.value) : null,
    templateFields: await Promise.all(templateFields),
    templateTags: await Promise.all(templateTags),
  };
}

async function readArchived(client: SpotDraftReader, published: Template[]): Promise<Fact<Template[]>> {
  const ids = new Set(published.map(({ id }) => String(id)));
  return mapFact(await client.read('templatesWithArchived', undefined), (all) =>
    all.filter(({ id }) => !ids.has(String(id))),
  );
}

/** Known null when nobody has this address. The filter is documented as exact; the address is compared all the same. */
async function readUser(client: SpotDraftReader, email: string): Promise<Fact<User | null>> {
  const isMeant = (user: User): boolean => sameName(user.email, email);
  const members = await readPagedList({
    name: 'the list of members',
    limit: PAGE_LIMIT,
    read: (page, limit) => client.read('users', { email, page, limit }),
    idOf: (user) => user.id ?? user.email,
    // An address may have an inactive account beside the active one.
    until: (user) => isMeant(user) && user.active,
  });
  return mapFact(members, (users) => {
    const meant = users.filter(isMeant);
    const found = meant.find(({ active }) => active) ?? meant[0];
    return found ? { email: found.email, active: found.active, roles: found.roles } : null;
  });
}

/** No read is documented that lists the members of a role, so every member is read. */
async function readMembersOf(client: SpotDraftReader, role: string): Promise<Fact<RoleMembers>> {
  const members = await readPagedList({
    name: 'the list of members',
    limit: PAGE_LIMIT,
    read: (page, limit) => client.read('users', { email: null, page, limit }),
    idOf: (user) => user.id ?? user.email,
  });
  return mapFact(members, (users) => {
    const addressesOf = (among: User[], active: boolean) =>
      among.filter((user) => user.active === active).map(({ email }) => email);
    const inRole = users.filter(({ roles }) => roles?.some((each) => sameName(each, role)));
    const certain = addressesOf(inRole, true);
    return {
      certain,
      unclear: addressesOf(
        users.filter(({ roles }) => roles === null),
        true,
      ),
      inactive: addressesOf(inRole, false).filter((email) => !certain.some((each) => sameName(each, email))),
    };
  });
}

/**
 * Both kinds of answer show the id; a failed one matters only when the other shows none. Analytics tables that hold several
 * workspaces do not identify the caller's, and contract rows do.
 */
function mergeIds(analytics: Fact<string[]> | null, contracts: Fact<string[]> | null): Fact<string[]> {
  const severalIds = analytics?.known && analytics.value.length > 1;
  if (severalIds && contracts?.known && contracts.value.length > 0) return contracts;
  const facts = [analytics, contracts].filter((fact) => fact !== null);
  const seen = facts.filter((fact) => fact.known);
  const ids = [...new Set(seen.flatMap((fact) => fact.value))];
  const failed = facts.find((fact) => !fact.known);
  if (ids.length === 0 && failed) return failed;
  return known(
    ids,
    seen.flatMap((fact) => fact.sources),
  );
}
