import { createHmac } from 'node:crypto';
import { contractNumber } from './ids.ts';
import type { SimContract, Workspace } from './model.ts';

/** What a receiver answered to one webhook; status null: it could not be reached. */
export interface WebhookDelivery {
  webhookId: number;
  url: string;
  status: number | null;
  /** Exactly what was sent. */
  body: string;
}

export interface ActivityInput {
  activity: string;
  contract: SimContract;
  /** Epoch ms. */
  at: number;
}

/** What a webhook call says. */
export interface WebhookCall {
  activity: string;
  contract: number;
  body: string;
}

export const createWebhookCall = (workspace: Workspace, announcement: ActivityInput): WebhookCall => ({
  activity: announcement.activity,
  contract: contractNumber(announcement.contract.id),
  body: JSON.stringify(payload(workspace, announcement)),
});

/**
 * Makes the call to every active webhook that is registered for its activity, signed with the key of the workspace. The same
 * call made again is the same byte for byte, which SpotDraft documents neither way.
 */
export async function sendWebhookCall(
  workspace: Workspace,
  { activity, body }: WebhookCall,
  /** Where requests for an origin (`https://envcheck.northwind.example`) really go; others are not sent at all. */
  routes: ReadonlyMap<string, string>,
): Promise<WebhookDelivery[]> {
  const signature = createHmac('sha512', Buffer.from(workspace.hmacKey, 'base64')).update(body).digest('hex');
  const registered = workspace.webhooks.filter(
    ({ status, onlyForActivities }) => status === 'ACTIVE' && onlyForActivities.includes(activity),
  );
  return Promise.all(
    registered.map(async ({ id, url, customHeaders }): Promise<WebhookDelivery> => {
      const { origin, pathname } = new URL(url);
      const route = routes.get(origin);
      const answer =
        route === undefined
          ? null
          : await fetch(route + pathname, {
              method: 'POST',
              redirect: 'manual',
              headers: {
                'content-type': 'application/json',
                'x-sd-webhook-content-hash': signature,
                ...customHeaders,
              },
              body,
            }).catch(() => null);
      await answer?.arrayBuffer();
      return { webhookId: id, url, status: answer?.status ?? null, body };
    }),
  );
}

/** The documented fields; names of people in it are as fictitious as the rest. */
function payload(workspace: Workspace, { activity, contract, at }: ActivityInput): object {
  const type = workspace.contractTypes.find(({ id }) => id === contract.contractTypeId);
  const { externalMetadata } = contract;
  return {
    contract_id: contractNumber(contract.id),
    contract_kind: 'TEMPLATE_CONTRACT',
    contract_title: contract.name,
    contract_type: type?.name,
    contract_type_name: type?.name,
    contract_type_id: contract.contractTypeId,
    contract_status: contract.status,
    business_user: contract.createdBy,
    created_at: contract.created,
    counterparties: [{ type: 'Organization', organization_name: contract.counterparty }],
    external_metadata: externalMetadata
      ? {
          id: externalMetadata.id,
          integration_name: externalMetadata.integrationName,
          record_type: externalMetadata.recordType,
        }
      : undefined,
    contract_reference_id: contract.referenceId,
    activity_data: { performed_by: { name: 'SYSTEM' }, timestamp: new Date(at).toISOString() },
    activity,
  };
}
