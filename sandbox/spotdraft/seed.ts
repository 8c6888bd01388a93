import { createContract } from './create-records.ts';
import { freshId, stableUuid } from './ids.ts';
import { seededMistakes } from './mistakes.ts';
import type { ContractStatus, SimContract, SimWebhook, Workspace } from './model.ts';
import { opportunityId, PRODUCTION_INSTANCE, UAT_INSTANCE, webhookUrl } from './northwind.ts';
import { completeConfiguration, iso } from './seed-configuration.ts';
import { createWorkspace } from './workspace.ts';

export { NORTHWIND_URL } from './northwind.ts';

const CONTRACTS = 30;
/** 30 contracts over about three weeks. */
const BETWEEN_CONTRACTS_MS = 17 * 3_600_000;

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
  for (const mistake of Object.values(seededMistakes)) mistake.introduce(prod);
  return { uat, prod };
}

/**
 * Does in production what seedWorkspaces left undone, as a person would: by UAT's example, with production's own ids.
 * Gives one sentence for each thing repaired; none where all is well.
 */
export function repairProduction(prod: Workspace, uat: Workspace): string[] {
  return Object.values(seededMistakes).flatMap((mistake) => mistake.repair(prod, uat));
}

function completeWorkspace(key: string, now: number): Workspace {
  const workspace = createWorkspace(completeConfiguration(key, now));
  for (let index = 0; index < CONTRACTS; index += 1)
    workspace.contracts.push(seededContract(workspace, index, now));
  workspace.webhooks.push(seededWebhook(workspace, now));
  return workspace;
}

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

function pick<T>(list: T[], index: number): T {
  const found = list[index % list.length];
  if (found === undefined) throw new Error('There is nothing to pick from.');
  return found;
}
