import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../src/time/clock.ts';
import { type Answer, ApiError, errorAnswer, htmlPage, json, redirect } from './answer.ts';
import type { Faults } from './faults.ts';
import type { Handler } from './handler.ts';
import { analyticsQuery } from './handlers/analytics.ts';
import * as configuration from './handlers/configuration.ts';
import * as contracts from './handlers/contracts.ts';
import * as members from './handlers/members.ts';
import * as webhooks from './handlers/webhooks.ts';
import type { Workspace } from './model.ts';
import type { Match, OperationId } from './operations.ts';
import { type RecordedRequest, recordRequest } from './recorded-request.ts';
import { type Exchange, send, sendFault } from './send.ts';
import type { TrafficMeter } from './traffic.ts';

export interface ServerState {
  settings: {
    workspaces: Workspace[];
    clock: Clock;
    requestsPerSecond: number;
    latencyMs: number;
    analyticsRowLimit: number;
    onRetrigger: (workspaceKey: string, contractIds: number[]) => void;
  };
  url: string;
  requests: RecordedRequest[];
  faults: Faults;
  meters: Map<string, TrafficMeter>;
  stopping: AbortSignal;
}

/** The handler of each operation. */
const handlers: Record<OperationId, Handler> = {
  contract_types: configuration.contractTypes,
  contract_type_entities: configuration.contractTypeEntities,
  intake_form: configuration.intakeForm,
  templates: configuration.templates,
  template: configuration.template,
  template_metadata: configuration.templateMetadata,
  key_pointers: configuration.keyPointers,
  entities: configuration.entities,
  roles: members.roles,
  users: members.users,
  feature_flags: members.featureFlags,
  analytics_query: analyticsQuery,
  hmac_key: webhooks.hmacKey,
  webhooks_create: webhooks.createWebhook,
  webhooks_delete: webhooks.deleteWebhook,
  re_trigger: contracts.reTrigger,
  contracts: contracts.contracts,
  external_metadata: contracts.externalMetadata,
  by_external_metadata: contracts.byExternalMetadata,
  contract_status: contracts.contractStatus,
};

/** Answers one request like a gateway: credentials, rate limit, faults, then the operation. Never throws. */
export async function serve(
  state: ServerState,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    await respond(state, request, response);
  } catch (error) {
    // The caller disconnected or the server is stopping.
    if (response.destroyed || state.stopping.aborted) return;
    if (response.headersSent) request.socket.destroy();
    else send({ request, response, stopping: state.stopping, onStatus: () => {} }, failure(error));
  }
}

async function respond(
  state: ServerState,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { settings, stopping } = state;
  const at = performance.now();
  const workspace = authenticate(settings.workspaces, request.headers);
  const { record, match } = recordRequest(request, at, workspace);
  state.requests.push(record);
  const meter = workspace ? state.meters.get(workspace.key) : undefined;
  const leave = meter?.arrive(at);
  response.once('close', () => leave?.());
  // Decided on arrival, so that a slow body does not change the order.
  const admitted = meter?.admit(at, settings.requestsPerSecond) ?? true;

  const exchange: Exchange = { request, response, stopping, onStatus: (status) => (record.status = status) };
  const body = await readBody(request);
  record.body = body ?? '';
  if (settings.latencyMs > 0) await delay(settings.latencyMs, undefined, { signal: stopping });
  if (!admitted)
    return send(exchange, errorAnswer(429, `More than ${settings.requestsPerSecond} requests per second.`));
  const normal = (): Answer => {
    if (body === null) return errorAnswer(413, `The body is over ${MAX_BODY_BYTES} bytes.`);
    return answer(state, record, match, workspace);
  };
  const fault = state.faults.take(record);
  if (fault) await sendFault(exchange, fault, normal);
  else send(exchange, normal());
}

/** The answer after rate limit and faults: checks the credentials and the user, then runs the operation. */
function answer(
  state: ServerState,
  record: RecordedRequest,
  match: Match,
  workspace: Workspace | null,
): Answer {
  if (!workspace) return errorAnswer(401, unauthenticated(record.headers));
  const email = header(record.headers, 'user-email');
  const user = workspace.users.find((each) => each.email.toLowerCase() === email?.toLowerCase()) ?? null;
  if (email !== null && !user?.active)
    return errorAnswer(403, `user-email ${email} is not an active member of this workspace.`);
  if (match.kind === 'slash') {
    const query = record.query.size > 0 ? `?${record.query}` : '';
    return redirect(302, state.url + match.path + query);
  }
  if (match.kind === 'unknown')
    return htmlPage(404, 'Not Found', 'The requested resource was not found on this server.');
  if (match.kind === 'method') {
    const refused = errorAnswer(405, `Method ${record.method} is not allowed here.`);
    return { ...refused, headers: { ...refused.headers, allow: match.allowed.join(', ') } };
  }
  const { clock, analyticsRowLimit, onRetrigger } = state.settings;
  try {
    return handlers[match.id]({
      workspace,
      user,
      parameters: match.parameters,
      query: record.query,
      headers: record.headers,
      body: record.body,
      clock,
      analyticsRowLimit,
      retrigger: (contractIds) => onRetrigger(workspace.key, contractIds),
    });
  } catch (error) {
    return error instanceof ApiError ? error.answer : failure(error);
  }
}

const MAX_BODY_BYTES = 1024 * 1024;

/** Null when the body is too large. It is read to the end anyway, because a sender that is cut off sees no answer. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  return bytes <= MAX_BODY_BYTES ? Buffer.concat(chunks).toString('utf8') : null;
}

function authenticate(workspaces: Workspace[], headers: IncomingHttpHeaders): Workspace | null {
  const id = header(headers, 'client-id');
  const secret = header(headers, 'client-secret');
  return workspaces.find((each) => each.clientId === id && each.clientSecret === secret) ?? null;
}

function unauthenticated(headers: IncomingHttpHeaders): string {
  const missing = ['client-id', 'client-secret'].filter((name) => header(headers, name) === null);
  return missing.length > 0 ? `Missing header: ${missing.join(', ')}.` : 'The credentials are not accepted.';
}

function header(headers: IncomingHttpHeaders, name: string): string | null {
  const value = headers[name];
  return (Array.isArray(value) ? value[0] : value) || null;
}

/** The answer for a defect of the simulator, with its stack so that the caller sees it. */
function failure(error: unknown): Answer {
  const detail = `The simulated SpotDraft failed: ${error instanceof Error ? error.stack : String(error)}`;
  return json(500, { detail, status_code: 500, message: detail });
}
