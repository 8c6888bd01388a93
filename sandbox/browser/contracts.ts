import { createContract } from '../spotdraft/create-records.ts';
import { newestFirst, opportunityId, PRODUCTION_INSTANCE, UAT_INSTANCE } from '../spotdraft/northwind.ts';
import { createWebhookCall, sendWebhookCall } from '../spotdraft/webhook-calls.ts';
import type { ContractStatus, SimContract } from '../spotdraft/workspace.ts';
import { addNote, type Sandbox } from './state.ts';

export type EnvironmentName = 'uat' | 'prod';

/** The way of a contract, and what SpotDraft announces on it. */
const way: { status: ContractStatus; activity: string; button: string }[] = [
  { status: 'DRAFT', activity: 'CONTRACT_CREATED', button: 'Create' },
  { status: 'REDLINING', activity: 'CONTRACT_SENT_TO_COUNTERPARTY', button: 'Send to counterparty' },
  { status: 'SIGN', activity: 'CONTRACT_SIGNATURE_REQUESTED', button: 'Request signature' },
  { status: 'EXECUTED', activity: 'CONTRACT_EXECUTED', button: 'Execute' },
];

const SHOWN = 4;

export const newestContracts = ({ world }: Sandbox, key: EnvironmentName): SimContract[] =>
  newestFirst(world.spotdraft.workspace(key)).slice(0, SHOWN);

/** What the button that moves a contract on is called; null at the end of its way. */
export const nextStepLabel = ({ status }: SimContract): string | null => stepAfter(status)?.button ?? null;

function stepAfter(status: ContractStatus) {
  const at = way.findIndex((step) => step.status === status);
  return at < 0 ? undefined : way[at + 1];
}

const customers = ['Fabrikam', 'Contoso', 'Tailspin Toys', 'Wingtip', 'Litware'];

/** A new contract of the first type, with a record of its own; announced as SpotDraft would. */
export async function newContract(sandbox: Sandbox, key: EnvironmentName): Promise<SimContract> {
  const workspace = sandbox.world.spotdraft.workspace(key);
  const type = workspace.contractTypes[0];
  if (!type) throw new Error(`workspace ${key} has no contract type`);
  const customer = customers[workspace.contracts.length % customers.length] ?? '';
  const name = `${type.name} - ${customer} (${workspace.contracts.length + 1})`;
  const now = new Date(sandbox.clock.now()).toISOString();
  const contract = createContract(workspace, {
    name,
    contractTypeId: type.id,
    counterparty: customer,
    status: 'DRAFT',
    created: now,
    lastUpdated: now,
    externalMetadata: {
      id: opportunityId(`${key}/${name}`),
      integrationName: 'Salesforce',
      recordType: 'Opportunity',
      recordData: {
        Name: `${customer} ${type.name}`,
        InstanceUrl: key === 'uat' ? UAT_INSTANCE : PRODUCTION_INSTANCE,
      },
    },
  });
  workspace.contracts.push(contract);
  await tell(sandbox, key, 'CONTRACT_CREATED', contract);
  return contract;
}

export async function advanceContract(sandbox: Sandbox, key: EnvironmentName, id: string): Promise<void> {
  const contract = sandbox.world.spotdraft.workspace(key).contracts.find((each) => each.id === id);
  if (!contract) throw new Error(`There is no contract ${id} in ${key}.`);
  const step = stepAfter(contract.status);
  if (!step) throw new Error(`Contract ${id} is at the end of its way: ${contract.status}.`);
  contract.status = step.status;
  contract.lastUpdated = new Date(sandbox.clock.now()).toISOString();
  await tell(sandbox, key, step.activity, contract);
}

/** A contract that goes all its way: everything that Northwind listens to is announced. */
export async function finishContract(sandbox: Sandbox, key: EnvironmentName): Promise<SimContract> {
  const contract = await newContract(sandbox, key);
  while (nextStepLabel(contract)) await advanceContract(sandbox, key, contract.id);
  return contract;
}

/** As if another workspace had production's receiver registered: a delivery signed with a key that is not prod's. */
export async function sendWronglySignedWebhook(sandbox: Sandbox): Promise<void> {
  const { world, clock } = sandbox;
  const contract = newestFirst(world.prod)[0];
  if (!contract) throw new Error('There is no contract in prod.');
  const stranger = { ...world.prod, hmacKey: world.uat.hmacKey };
  const routes = world.spotdraft.webhookRoutes;
  const call = createWebhookCall(stranger, { activity: 'CONTRACT_EXECUTED', contract, at: clock.now() });
  const answers = await sendWebhookCall(stranger, call, routes);
  for (const { url, status } of answers)
    addNote(
      sandbox,
      `Sent CONTRACT_EXECUTED of ${contract.id} to ${url}, signed with the key of UAT: ${answered(status)}.`,
    );
}

async function tell(
  sandbox: Sandbox,
  key: EnvironmentName,
  activity: string,
  contract: SimContract,
): Promise<void> {
  const answers = await sandbox.world.spotdraft.announce(key, activity, contract);
  if (answers.length === 0)
    addNote(sandbox, `${key}: ${activity} of ${contract.id}; no active webhook is for it.`);
  for (const { url, status } of answers)
    addNote(sandbox, `${key}: ${activity} of ${contract.id} sent to ${url}: ${answered(status)}.`);
}

const answered = (status: number | null): string => (status === null ? 'not reached' : `answered ${status}`);
