import { createHash } from 'node:crypto';
import { createContract, createTemplate } from './build.ts';
import { freshId, stableUuid } from './ids.ts';
import type {
  ContractStatus,
  SimContract,
  SimUser,
  SimWebhook,
  SimWorkflow,
  SimWorkflowVersion,
  Workspace,
} from './model.ts';
import { completeConfiguration, iso } from './seed-configuration.ts';
import { createWorkspace } from './workspace.ts';

const CONTRACTS = 30;
/** 30 contracts over about three weeks. */
const BETWEEN_CONTRACTS_MS = 17 * 3_600_000;

/** Where Northwind's Envcheck is reached from outside. */
export const NORTHWIND_URL = 'https://envcheck.northwind.example';

const MISSING_TEMPLATE = 'Order Form - Standard';
const INTEGRATION_USER = 'integrations@northwind.example';
const INTEGRATION_ROLE = 'NA Sales';
const PRODUCTION_INSTANCE = 'https://northwind.my.salesforce.example';
const UAT_INSTANCE = 'https://northwind--uat.sandbox.my.salesforce.example';

/**
 * Two workspaces of the fictitious Northwind. UAT is complete. Production is what teams find on the day before they go
 * live: a template that exists in UAT only, an option whose value differs under the same label, a workflow with changes
 * that nobody published, an integration user outside its role, UAT's webhook URL, a contract that points into the UAT
 * system, and two contracts for one opportunity. The user stays active: an inactive one would hide everything else behind 403.
 *
 * `now`: epoch ms; every time in the workspaces is relative to it.
 */
export function seedWorkspaces(now: number): { uat: Workspace; prod: Workspace } {
  const uat = completeWorkspace('uat', now);
  const prod = completeWorkspace('prod', now);
  prod.templates = prod.templates.filter((template) => template.name !== MISSING_TEMPLATE);
  for (const option of paymentTermsOptions(prod)) if (option.label === 'Net 60') option.value = 'net-60';
  newestVersion(orderFormWorkflow(prod)).unpublishedChanges = true;
  integrationUser(prod).roleIds = [];
  for (const webhook of prod.webhooks) webhook.url = webhookUrl('uat');
  const [first, second, third] = byCreation(prod);
  if (first?.externalMetadata && second?.externalMetadata && third?.externalMetadata) {
    first.externalMetadata.recordData = { ...first.externalMetadata.recordData, InstanceUrl: UAT_INSTANCE };
    third.externalMetadata.id = second.externalMetadata.id;
  }
  return { uat, prod };
}

/**
 * Does in production what seedWorkspaces left undone, as a person would: by UAT's example, with production's own ids.
 * Gives one sentence for each thing repaired; none where all is well.
 */
export function repairProduction(prod: Workspace, uat: Workspace): string[] {
  return [
    ...recreateTemplate(prod, uat),
    ...correctOptions(prod, uat),
    ...publishWorkflow(prod),
    ...assignRole(prod),
    ...separateWebhook(prod),
    ...correctInstance(prod),
    ...separateOpportunities(prod),
  ];
}

function completeWorkspace(key: string, now: number): Workspace {
  const workspace = createWorkspace(completeConfiguration(key, now));
  for (let index = 0; index < CONTRACTS; index += 1)
    workspace.contracts.push(seededContract(workspace, index, now));
  workspace.webhooks.push(seededWebhook(workspace, now));
  return workspace;
}

const webhookUrl = (environment: string): string => `${NORTHWIND_URL}/webhooks/${environment}`;

const seededWebhook = ({ key }: Workspace, now: number): SimWebhook => ({
  id: freshId(key, 'webhook/Envcheck', []),
  title: 'Envcheck',
  url: webhookUrl(key),
  onlyForActivities: ['CONTRACT_CREATED', 'CONTRACT_EXECUTED'],
  status: 'ACTIVE',
  created: iso(now - CONTRACTS * BETWEEN_CONTRACTS_MS),
  createdBy: null,
});

const customers = ['Fabrikam', 'Contoso', 'Tailspin Toys', 'Wingtip', 'Litware', 'Proseware', 'Adatum'];
const statuses: ContractStatus[] = ['EXECUTED', 'REDLINING', 'SIGN', 'EXECUTED', 'DRAFT'];

function seededContract(workspace: Workspace, index: number, now: number): SimContract {
  const customer = pick(customers, index);
  const type = pick(workspace.contractTypes, index);
  const name = `${type.name} - ${customer} (${index + 1})`;
  const created = now - (index + 1) * BETWEEN_CONTRACTS_MS;
  return createContract(workspace, {
    name,
    contractTypeId: type.id,
    counterparty: customer,
    status: pick(statuses, index),
    created: iso(created),
    lastUpdated: iso(created + BETWEEN_CONTRACTS_MS / 2),
    externalMetadata: {
      id: opportunityId(`${workspace.key}/${name}`),
      integrationName: 'Salesforce',
      recordType: 'Opportunity',
      objectConfigurationId: stableUuid(`${workspace.key}/opportunity`),
      recordData: { Name: `${customer} ${type.name}`, InstanceUrl: instanceUrl(workspace) },
    },
  });
}

const instanceUrl = ({ key }: Workspace): string => (key === 'uat' ? UAT_INSTANCE : PRODUCTION_INSTANCE);

/**
 * A Salesforce id of an Opportunity: `006` and 15 or 18 characters in all. Without vowels, so that no word can appear in
 * it by accident that looks like the marker of an environment.
 */
function opportunityId(name: string): string {
  const letters = 'BCDFGHJKLMNPQRSTVWXZbcdfghjklmnpqrstvwxz0123456789';
  const bytes = [...createHash('sha256').update(name).digest()];
  const length = (bytes[0] ?? 0) % 2 === 0 ? 12 : 15;
  const rest = bytes.slice(1, length + 1).map((byte) => letters.charAt(byte % letters.length));
  return `006${rest.join('')}`;
}

function recreateTemplate(prod: Workspace, uat: Workspace): string[] {
  const model = uat.templates.find((template) => template.name === MISSING_TEMPLATE);
  if (!model || prod.templates.some((template) => template.name === MISSING_TEMPLATE)) return [];
  const contractType = uat.contractTypes.find((type) => type.id === model.contractTypeId)?.name ?? '';
  // Not the ids: they belong to UAT.
  const { id, contractTypeId, ...portable } = model;
  prod.templates.push(createTemplate(prod, { ...portable, contractType }));
  return [`Created and published the template "${MISSING_TEMPLATE}".`];
}

function correctOptions(prod: Workspace, uat: Workspace): string[] {
  return paymentTermsOptions(prod).flatMap((option) => {
    const model = paymentTermsOptions(uat).find((each) => each.label === option.label);
    if (!model || model.value === option.value) return [];
    const before = option.value;
    option.value = model.value;
    return [`Changed the value of payment_terms "${option.label}" from "${before}" to "${model.value}".`];
  });
}

function publishWorkflow(prod: Workspace): string[] {
  const workflow = orderFormWorkflow(prod);
  const newest = newestVersion(workflow);
  if (!newest.unpublishedChanges) return [];
  const taken = prod.workflows.flatMap((each) => each.versions).map((version) => version.frozenId);
  const published = iso(Date.parse(newest.lastPublished ?? newest.created) + 3_600_000);
  newest.unpublishedChanges = false;
  workflow.versions.push({
    ...structuredClone(newest),
    frozenId: freshId(prod.key, `version/${workflow.title}/${taken.length}`, taken),
    created: published,
    lastPublished: published,
  });
  return [`Published the pending changes of the workflow "${workflow.title}".`];
}

function assignRole(prod: Workspace): string[] {
  const user = integrationUser(prod);
  const role = prod.roles.find((each) => each.name === INTEGRATION_ROLE);
  if (!role || user.roleIds.includes(role.id)) return [];
  user.roleIds.push(role.id);
  return [`Added ${user.email} to the role "${role.name}".`];
}

function separateWebhook(prod: Workspace): string[] {
  return prod.webhooks.flatMap((webhook) => {
    if (webhook.url === webhookUrl(prod.key)) return [];
    webhook.url = webhookUrl(prod.key);
    return [`Registered ${webhook.url} as its webhook, instead of that of UAT.`];
  });
}

function correctInstance(prod: Workspace): string[] {
  return prod.contracts.flatMap(({ id, externalMetadata }) => {
    if (externalMetadata?.recordData?.InstanceUrl !== UAT_INSTANCE) return [];
    externalMetadata.recordData.InstanceUrl = PRODUCTION_INSTANCE;
    return [`Pointed contract ${id} to the production instance of Salesforce.`];
  });
}

function separateOpportunities(prod: Workspace): string[] {
  const seen = new Set<string>();
  return byCreation(prod).flatMap(({ id, name, externalMetadata }) => {
    const opportunity = externalMetadata?.id;
    if (!externalMetadata || opportunity === undefined) return [];
    if (!seen.has(opportunity)) {
      seen.add(opportunity);
      return [];
    }
    externalMetadata.id = opportunityId(`${prod.key}/${name}`);
    return [`Gave contract ${id} its own opportunity, ${externalMetadata.id}, instead of ${opportunity}.`];
  });
}

const byCreation = (workspace: Workspace): SimContract[] =>
  workspace.contracts.toSorted((left, right) => right.created.localeCompare(left.created));

function paymentTermsOptions(workspace: Workspace): { label: string; value: unknown }[] {
  const orderForm = workspace.contractTypes.find((type) => type.name === 'Order Form');
  return orderForm?.intakeForm?.find((field) => field.variable === 'payment_terms')?.options ?? [];
}

const orderFormWorkflow = (workspace: Workspace): SimWorkflow =>
  there(workspace.workflows.find((workflow) => workflow.title === 'Order Form'));

const newestVersion = (workflow: SimWorkflow): SimWorkflowVersion => there(workflow.versions.at(-1));

const integrationUser = (workspace: Workspace): SimUser =>
  there(workspace.users.find((user) => user.email === INTEGRATION_USER));

function pick<T>(list: T[], index: number): T {
  return there(list[index % list.length]);
}

function there<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('The seeded workspace is not as it was seeded.');
  return value;
}
