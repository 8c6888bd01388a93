import { type Answer, ApiError, json, noContent, parseObject } from '../answer.ts';
import { type Call, type Handler, parameter } from '../handler.ts';
import { freshId } from '../ids.ts';
import type { SimWebhook } from '../model.ts';

export const hmacKey: Handler = ({ workspace }) => json(200, { hmac_key: workspace.hmacKey });

export const createWebhook: Handler = (call) => {
  requireDeveloperSettings(call);
  const request = parseObject(call.body);
  const problems: string[] = [];
  const refuse = (problem: string): null => {
    problems.push(problem);
    return null;
  };
  const title = readTitle(request.title, refuse);
  const url = readUrl(request.url, refuse);
  const onlyForActivities = readActivities(request.only_for_activities, refuse);
  const customHeaders = readCustomHeaders(request.custom_headers, refuse);
  const { description } = request;
  if (description !== undefined && typeof description !== 'string') refuse('description must be a string.');
  if (problems.length > 0 || title === null || url === null || onlyForActivities === null)
    throw new ApiError(400, problems.join(' '));

  const { workspace } = call;
  const taken = workspace.webhooks.map((webhook) => webhook.id);
  const webhook: SimWebhook = {
    id: freshId(workspace.key, `webhook/${title}/${url}`, taken),
    title,
    url,
    onlyForActivities,
    description: typeof description === 'string' ? description : undefined,
    customHeaders: customHeaders ?? undefined,
    status: 'ACTIVE',
    created: new Date(call.clock.now()).toISOString(),
    createdBy: caller(call),
  };
  workspace.webhooks.push(webhook);
  return answer(webhook);
};

export const deleteWebhook: Handler = (call) => {
  requireDeveloperSettings(call);
  const id = Number(parameter(call, 'webhook_id'));
  const index = call.workspace.webhooks.findIndex((webhook) => webhook.id === id);
  if (index < 0) throw new ApiError(404, `Webhook ${id} was not found.`);
  call.workspace.webhooks.splice(index, 1);
  return noContent;
};

function requireDeveloperSettings({ workspace }: Call): void {
  if (!workspace.developerSettings) throw new ApiError(403, 'The Developer Settings permission is missing.');
}

/** The acting user. Without `user-email`, SpotDraft uses the user of the credentials; here, the first active one. */
function caller({ workspace, user }: Call): SimWebhook['createdBy'] {
  const acting = user ?? workspace.users.find((each) => each.active);
  if (!acting) return null;
  const { id, email, name, designation } = acting;
  return { id, email, name, designation };
}

function answer(webhook: SimWebhook): Answer {
  return json(201, {
    id: webhook.id,
    title: webhook.title,
    only_for_activities: webhook.onlyForActivities,
    url: webhook.url,
    created_by_user: webhook.createdBy ?? undefined,
    description: webhook.description,
    custom_headers: webhook.customHeaders,
    status: webhook.status,
  });
}

type Refuse = (problem: string) => null;

function readTitle(value: unknown, refuse: Refuse): string | null {
  return typeof value === 'string' && value !== '' ? value : refuse('title must be a non-empty string.');
}

function readUrl(value: unknown, refuse: Refuse): string | null {
  const url = typeof value === 'string' ? URL.parse(value) : null;
  return url?.protocol === 'https:' && typeof value === 'string'
    ? value
    : refuse('url must be an https URL.');
}

function readActivities(value: unknown, refuse: Refuse): string[] | null {
  if (!Array.isArray(value) || value.length === 0)
    return refuse('only_for_activities must name at least one activity.');
  const unknown = value.filter((activity) => !activities.includes(activity));
  if (unknown.length > 0)
    return refuse(`only_for_activities has unknown activities: ${unknown.map(String).join(', ')}.`);
  return value.map(String);
}

/** Documented. SpotDraft does not document whether case matters; here it does not. */
const reservedPrefixes = [
  'X-Google-',
  'X-Goog-',
  'X-GFE-',
  'X-Amz-',
  'X-MS-',
  'X-DD-',
  'X-Datadog-',
  'X-B3-',
  'X-SD-',
  'X-SPOTDRAFT-',
];

/**
 * Documented: names are trimmed, standard HTTP headers are refused, names "should start with X-". This simulator reads
 * "should" as "must", which also covers the standard headers.
 */
function readCustomHeaders(value: unknown, refuse: Refuse): Record<string, string> | null {
  if (value === undefined) return null;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refuse('custom_headers must be an object.');
  const headers: Record<string, string> = {};
  for (const [untrimmed, content] of Object.entries(value)) {
    const name = untrimmed.trim();
    const reserved = reservedPrefixes.find((prefix) => name.toLowerCase().startsWith(prefix.toLowerCase()));
    if (!/^x-[\w-]+$/i.test(name)) refuse(`custom_headers: the name "${name}" does not start with X-.`);
    else if (reserved) refuse(`custom_headers: names that start with ${reserved} are reserved.`);
    else if (typeof content !== 'string') refuse(`custom_headers: the value of ${name} is not a string.`);
    else headers[name] = content;
  }
  return headers;
}

/** The 37 activity types that a webhook can subscribe to, from the enum in SpotDraft's API document. */
const activities: readonly string[] = [
  'CONTRACT_VERSION_UPLOADED',
  'CONTRACT_APPROVAL_COMPLETED',
  'CONTRACT_APPROVAL_REQUESTED',
  'CONTRACT_CREATED',
  'CONTRACT_DATA_UPDATED',
  'CONTRACT_DELETED',
  'CONTRACT_EXECUTED',
  'CONTRACT_MARK_FOR_EXECUTION',
  'CONTRACT_SENT_TO_COUNTERPARTY',
  'CONTRACT_SIGNATURE_DECLINED',
  'CONTRACT_SIGNATURE_REQUESTED',
  'CONTRACT_SIGNED',
  'CONTRACT_UNMARK_FOR_EXECUTION',
  'POSTMARK_EMAIL_EVENT',
  'CONTRACT_KEY_POINTER_UPDATION',
  'CONTRACT_KEY_POINTER_CREATION',
  'SIGNING_EMAIL_DELIVERED',
  'SIGNING_EMAIL_OPENED',
  'SIGNING_EMAIL_NOT_DELIVERED',
  'SIGNING_EMAIL_LINK_CLICKED',
  'REDLINING_EMAIL_DELIVERED',
  'REDLINING_EMAIL_OPENED',
  'REDLINING_EMAIL_NOT_DELIVERED',
  'REDLINING_EMAIL_LINK_CLICKED',
  'CONTRACT_SIGNATURE_REQUESTED_NOTIFICATION_SENT',
  'COUNTER_PARTY_CREATED',
  'COUNTER_PARTY_UPDATED',
  'COUNTER_PARTY_CONTACT_CREATED',
  'COUNTER_PARTY_CONTACT_UPDATED',
  'COUNTER_PARTY_ADDRESS_CREATED',
  'COUNTER_PARTY_ADDRESS_UPDATED',
  'CONTRACT_ACTIVITY_LOG_COMMENT_CREATED',
  'CONTRACT_VOIDED',
  'CONTRACT_PROCESS_METRIC_UPDATED',
  'CONTRACT_EXTERNAL_METADATA_CREATED',
  'CONTRACT_EXTERNAL_METADATA_UPDATED',
  'CONTRACT_ENTITY_UPDATED',
];
