import { createContract } from '../spotdraft/create-records.ts';
import { newestFirst, opportunityId, PRODUCTION_INSTANCE, UAT_INSTANCE } from '../spotdraft/northwind.ts';
import { createWebhookCall, sendWebhookCall } from '../spotdraft/webhook-calls.ts';
import type { ContractStatus, SimContract } from '../spotdraft/workspace.ts';
import { addNote, type Sandbox } from './state.ts';

export type EnvironmentName = 'uat' | 'prod';

/** The life of a contract in this sandbox, with the activity that SpotDraft announces at each step. */
const steps: { status: ContractStatus; activity: string; button: string }[] = [
  { status: 'DRAFT', activity: 'CONTRACT_CREATED', button: 'Create' },
  { status: 'REDLINING', activity: 'CONTRACT_SENT_TO_COUNTERPARTY', button: 'Send to counterparty' },
  { status: 'SIGN', activity: 'CONTRACT_SIGNATURE_REQUESTED', button: 'Request signature' },
  { status: 'EXECUTED', activity: 'CONTRACT_EXECUTED', button: 'Execute' },
];

const SHOWN = 4;

export const newestContracts = ({ world }: Sandbox, key: EnvironmentName): SimContract[] =>
  newestFirst(world.spotdraft.workspace(key)).slice(0, SHOWN);

/** Label of the button for a contract's next step; null after the last one. */
export const nextStepLabel = ({ status }: SimContract): string | null => stepAfter(status)?.button ?? null;

function stepAfter(status: ContractStatus) {
  const at = steps.findIndex((step) => step.status === status);
  return at < 0 ? undefined : steps[at + 1];
}

const customers = ['Fabrikam', 'Contoso', 'Tailspin Toys', 'Wingtip', 'Litware'];

/** True when production refuses the credentials that the integration has. */
export const refusesIntegration = ({ world }: Sandbox, key: EnvironmentName): boolean =>
  world.spotdraft.workspace(key).clientSecret.endsWith(RENEWED);

/** The end of a client secret that was rotated and given to nobody. */
export const RENEWED = '-renewed';

/** The integration's call that SpotDraft answers 401: no contract comes of it. */
export async function callInVain(sandbox: Sandbox, key: EnvironmentName): Promise<void> {
  const requestId = `crm-${key}-refused-${sandbox.notes.length + 1}`;
  await sandbox.world.reportCall(key, { status: 401, requestId });
  addNote(
    sandbox,
    `${key}: SpotDraft refused the integration’s call to create a contract with 401 (request ${requestId}).`,
  );
}

/** Creates a contract of the first type with its own Salesforce record, sends its webhooks and reports the call that created it. */
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
  await sendWebhooks(sandbox, key, 'CONTRACT_CREATED', contract);
  const changes = {
    'as configured': {},
    'to another region': { host: 'api.eu.spotdraft.com' },
    'without request ids': { requestId: null },
  }[key === 'prod' ? sandbox.calls : 'as configured'];
  await sandbox.world.reportCall(key, { contractId: contract.internalId, ...changes });
  return contract;
}

export async function advanceContract(sandbox: Sandbox, key: EnvironmentName, id: string): Promise<void> {
  const contract = sandbox.world.spotdraft.workspace(key).contracts.find((each) => each.id === id);
  if (!contract) throw new Error(`There is no contract ${id} in ${key}.`);
  const step = stepAfter(contract.status);
  if (!step) throw new Error(`Contract ${id} has no next step: its status is ${contract.status}.`);
  contract.status = step.status;
  contract.lastUpdated = new Date(sandbox.clock.now()).toISOString();
  await sendWebhooks(sandbox, key, step.activity, contract);
}

/** Creates a contract and takes it through every step, so that all activities Northwind subscribes to are sent. */
export async function finishContract(sandbox: Sandbox, key: EnvironmentName): Promise<SimContract> {
  const contract = await newContract(sandbox, key);
  while (nextStepLabel(contract)) await advanceContract(sandbox, key, contract.id);
  return contract;
}

/** Sends production a webhook signed with UAT's key, as if another workspace had registered production's URL. */
export async function sendWronglySignedWebhook(sandbox: Sandbox): Promise<void> {
  const { world, clock } = sandbox;
  const contract = newestFirst(world.prod)[0];
  if (!contract) throw new Error('There is no contract in prod.');
  const otherWorkspace = { ...world.prod, hmacKey: world.uat.hmacKey };
  const routes = world.spotdraft.webhookRoutes;
  const call = createWebhookCall(otherWorkspace, {
    activity: 'CONTRACT_EXECUTED',
    contract,
    at: clock.now(),
  });
  const answers = await sendWebhookCall(otherWorkspace, call, routes);
  for (const { url, status } of answers)
    addNote(
      sandbox,
      `Sent CONTRACT_EXECUTED of ${contract.id} to ${url}, signed with the key of UAT: ${answered(status)}.`,
    );
}

async function sendWebhooks(
  sandbox: Sandbox,
  key: EnvironmentName,
  activity: string,
  contract: SimContract,
): Promise<void> {
  const answers = await sandbox.world.spotdraft.announce(key, activity, contract);
  if (answers.length === 0)
    addNote(sandbox, `${key}: ${activity} of ${contract.id}: no active webhook subscribes to it.`);
  for (const { url, status } of answers)
    addNote(sandbox, `${key}: ${activity} of ${contract.id} sent to ${url}: ${answered(status)}.`);
  const body = answers.find(({ status }) => status === 200)?.body;
  if (sandbox.crmRefuses && key === 'prod' && activity === 'CONTRACT_EXECUTED' && body !== undefined) {
    const occurredAt: string = JSON.parse(body).activity_data.timestamp;
    const what = { contractId: contract.internalId, activity, occurredAt };
    await sandbox.world.reportOutcome(key, { ...what, status: 'failed', code: 'CRM_REFUSED' });
    const record = contract.externalMetadata?.id ?? contract.id;
    addNote(
      sandbox,
      `${key}: the integration could not write ${activity} to the record ${record} of the CRM.`,
    );
  }
}

const answered = (status: number | null): string => (status === null ? 'unreachable' : `answered ${status}`);
