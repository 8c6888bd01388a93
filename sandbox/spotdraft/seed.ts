import { createContract } from './create-records.ts';
import { freshId, stableUuid } from './ids.ts';
import { seededMistakes } from './mistakes.ts';
import type { ContractStatus, SimContract, SimWebhook, Workspace } from './model.ts';
import { opportunityId, PRODUCTION_INSTANCE, UAT_INSTANCE, webhookUrl } from './northwind.ts';
import { completeConfiguration, iso } from './seed-configuration.ts';
import { createWorkspace } from './workspace.ts';

export { NORTHWIND_URL } from './northwind.ts';

const CONTRACTS = 30;
/** Interval between contracts: 30 contracts in about three weeks. */
const BETWEEN_CONTRACTS_MS = 17 * 3_600_000;

/**
 * Creates two workspaces of the fictitious company Northwind. UAT is complete. Production has the mistakes that teams find
 * on the day before they go live: a template that exists only in UAT, an option with the same label but a different value,
 * a workflow with unpublished changes, an integration user without its role, UAT's webhook URL, a contract that points to
 * the UAT system, and two contracts for one opportunity. The user stays active, because every request of an inactive user
 * gets 403.
 * @param now epoch ms; all times in the workspaces are relative to it
 */
export function seedWorkspaces(now: number): { uat: Workspace; prod: Workspace } {
  const uat = completeWorkspace('uat', now);
  const prod = completeWorkspace('prod', now);
  for (const mistake of Object.values(seededMistakes)) mistake.introduce(prod);
  return { uat, prod };
}

/**
 * Repairs the seeded mistakes as a person would: after UAT's example, with production's own ids. Returns one sentence per
 * repaired item; none when nothing was wrong.
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
  if (found === undefined) throw new Error('The list is empty.');
  return found;
}
