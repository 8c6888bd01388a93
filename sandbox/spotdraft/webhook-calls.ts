import { createHmac } from 'node:crypto';
import type { SimContract, Workspace } from './model.ts';

/** One webhook request and its result. */
export interface WebhookDelivery {
  webhookId: number;
  url: string;
  /** HTTP status; null when the receiver could not be reached. */
  status: number | null;
  /** The exact body that was sent. */
  body: string;
}

export interface ActivityInput {
  activity: string;
  contract: SimContract;
  /** Time of the activity, epoch ms. */
  at: number;
}

/** The content of a webhook call. */
export interface WebhookCall {
  activity: string;
  contract: number;
  body: string;
}

export const createWebhookCall = (workspace: Workspace, announcement: ActivityInput): WebhookCall => ({
  activity: announcement.activity,
  contract: announcement.contract.internalId,
  body: JSON.stringify(payload(workspace, announcement)),
});

/**
 * Sends a call to every active webhook that subscribes to its activity, signed with the workspace's key. Sending the
 * same call again repeats the same bytes; SpotDraft does not document whether it does so.
 */
export async function sendWebhookCall(
  workspace: Workspace,
  { activity, body }: WebhookCall,
  /** Real target by origin (`https://envcheck.northwind.example`). Requests to other origins are not sent. */
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

/** The documented fields, with fictitious names of people. */
function payload(workspace: Workspace, { activity, contract, at }: ActivityInput): object {
  const type = workspace.contractTypes.find(({ id }) => id === contract.contractTypeId);
  const { externalMetadata } = contract;
  return {
    contract_id: contract.internalId,
    contract_kind: contract.kind,
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
