import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Environment } from '../config/config.ts';
import type { NewDelivery } from '../events/log/delivery.ts';
import { NotRecordedError, type Recorder } from '../events/log/recorder.ts';
import type { SignedWith } from '../events/log/signer-text.ts';
import { isWellFormed, SIGNATURE_HEADER } from '../spotdraft/webhook-signature.ts';
import type { Clock } from '../time/clock.ts';
import { isProbe } from '../workspace/receivers/probe.ts';
import { headerEventId, type RefusedKeeper } from './keep-refused.ts';
import type { DeliveryMetrics } from './metrics/deliveries.ts';
import { isSigned, type Misaddressed, NO_RECEIVER, pathOf, RECEIVER, sendText } from './misaddressed.ts';
import type { Outages } from './outages.ts';
import type { Rejections } from './rejections.ts';
import { answerLater, type EnvironmentRoute, identify, MAX_BODY_BYTES, takeBodies } from './requests.ts';
import { sourceOf } from './source.ts';
import type { WebhookKeys } from './webhook-keys.ts';

export interface WebhookReceivers {
  environments: readonly Environment[];
  keys: WebhookKeys;
  recorder: Recorder;
  rejections: Rejections;
  misaddressed: Misaddressed;
  keeper: RefusedKeeper;
  outages: Outages;
  clock: Clock;
  metrics: DeliveryMetrics;
}

/**
 * `POST /webhooks/<environment>`: verified before parsing, on disk before the answer. 401: wrong or missing signature; 404:
 * unknown environment; 405: another method; 413 and 415: a body that SpotDraft does not send; 429: one of the same kinds from a sender that floods; 503: it cannot be
 * judged or stored now, so that SpotDraft counts it as failed.
 */
export async function webhookReceivers(scope: FastifyInstance, receivers: WebhookReceivers): Promise<void> {
  takeBodies(scope, MAX_BODY_BYTES);
  const { metrics, misaddressed, keeper } = receivers;
  const byName = new Map(receivers.environments.map((environment) => [environment.name, environment]));
  scope.addHook<EnvironmentRoute>('onRequest', async (request, reply) => {
    identify(request, reply);
    // Names of environments have no capitals.
    request.params.environment = request.params.environment.toLowerCase();
  });
  const admit = async (request: FastifyRequest<EnvironmentRoute>, reply: FastifyReply) => {
    const { id: requestId, params } = request;
    const environment = byName.get(params.environment);
    if (!environment) {
      metrics.countUnknownReceiver();
      await misaddressed.refuse('unknown_environment', request, null);
      return reply.code(404).send({ error: 'no such environment', requestId });
    }
    const signature = signatureOf(request);
    // Its body does not matter.
    if (
      (signature === null || !isWellFormed(signature)) &&
      receivers.rejections.silencedMs(environment.name, { source: sourceOf(request), signedWith: null }) > 0
    ) {
      const rejection = signature === null ? 'missing_signature' : 'bad_signature';
      const signedWith = signature === null ? null : 'malformed';
      const refused = { environment, rejection, signedWith, body: null } as const;
      return reply.send(await refuseSender(request, reply, refused, receivers));
    }
    const type = request.headers['content-type'];
    if (type !== undefined && !/^application\/(?:[\w.-]+\+)?json\b/i.test(type)) {
      metrics.countRefused(environment.name, 'wrong_type');
      await misaddressed.refuse('wrong_type', request, environment);
      return reply.code(415).send({ error: 'the content type must be application/json', requestId });
    }
    if (pathOf(request) !== `/webhooks/${environment.name}`) misaddressed.note('other_spelling', request);
  };
  scope.addHook<EnvironmentRoute>('onError', async (request, _reply, { code }) => {
    const environment = byName.get(request.params.environment);
    if (code !== 'FST_ERR_CTP_BODY_TOO_LARGE' || !environment) return;
    metrics.countRefused(environment.name, 'too_large');
    const length = request.headers['content-length'];
    const detail = length === undefined ? null : `${length} bytes`;
    if (isSigned(request))
      await keeper.keep(request, { environment, rejection: 'too_large', detail, body: null });
  });
  scope.post<EnvironmentRoute>('/webhooks/:environment', { onRequest: admit }, async (request, reply) => {
    const environment = byName.get(request.params.environment);
    if (environment) return receive(request, reply, environment, receivers);
  });
  // HEAD too. For people who open the address in a browser.
  scope.get<EnvironmentRoute>('/webhooks/:environment', (request, reply) => {
    // A redirect made a GET of the POST: its sender must not take a page for people as an acknowledgement.
    if (isSigned(request)) return refuseMethod(request, reply);
    return byName.has(request.params.environment)
      ? sendText(reply.header('allow', 'POST'), RECEIVER)
      : sendText(reply.code(404), NO_RECEIVER);
  });
  const refuseMethod = async (request: FastifyRequest<EnvironmentRoute>, reply: FastifyReply) => {
    await misaddressed.refuse('wrong_method', request, byName.get(request.params.environment) ?? null);
    reply.code(405).header('allow', 'POST');
    return reply.send({ error: 'a delivery is a POST request', requestId: request.id });
  };
  scope.route<EnvironmentRoute>({
    method: ['PUT', 'PATCH', 'DELETE'],
    url: '/webhooks/:environment',
    onRequest: refuseMethod,
    handler: refuseMethod,
  });
}

async function receive(
  request: FastifyRequest<EnvironmentRoute>,
  reply: FastifyReply,
  environment: Environment,
  receivers: WebhookReceivers,
): Promise<object> {
  const { keys, recorder, outages, keeper, clock, metrics } = receivers;
  const startedAt = performance.now();
  const receivedAt = clock.now();
  const body = request.body ?? Buffer.alloc(0);
  const refuse = (rejection: RefusedSender['rejection'], signedWith: SignedWith | null) =>
    refuseSender(request, reply, { environment, rejection, signedWith, body }, receivers);
  const signature = signatureOf(request);
  if (signature === null) return refuse('missing_signature', null);
  const judged = await keys.verify(environment.name, body, signature);
  if (judged.is === 'no_key') {
    metrics.countRefused(environment.name, 'no_key');
    await keeper.keep(request, { environment, rejection: 'no_key', body: null });
    return answerLater(reply, 'the key of this workspace could not be read yet');
  }
  if (judged.is === 'wrong') return refuse('bad_signature', judged.signedWith);
  // Our own probe, passed on by its receiver: nothing happened in SpotDraft, and no silence has ended.
  if (isProbe(body)) return { probe: true, requestId: request.id };
  const delivery: NewDelivery = {
    environment: environment.name,
    receivedAt,
    requestId: request.id,
    source: sourceOf(request),
    rejection: null,
    signedWith: null,
    headerEventId: headerEventId(request, environment),
    body,
  };
  try {
    const { deliveryId, eventId, activity, duplicate, unread } = await recorder.record(delivery);
    outages.end();
    metrics.countStored({ environment: environment.name, activity, duplicate, unread, startedAt });
    return { deliveryId, eventId, duplicate, requestId: request.id };
  } catch (error) {
    if (!(error instanceof NotRecordedError)) throw error;
    request.log.error(
      { err: error, environment: environment.name, requestId: request.id },
      'delivery not stored',
    );
    metrics.countRefused(environment.name, 'not_stored');
    outages.note(delivery);
    return answerLater(reply, 'the delivery could not be stored');
  }
}

/** null: the request has none, and is no delivery of SpotDraft's. */
function signatureOf({ headers }: FastifyRequest): string | null {
  const signature = headers[SIGNATURE_HEADER];
  return typeof signature === 'string' && signature !== '' ? signature : null;
}

interface RefusedSender {
  environment: Environment;
  rejection: 'missing_signature' | 'bad_signature';
  /** null: nothing is known of it yet. */
  signedWith: SignedWith | null;
  body: Buffer | null;
}

/** Keeps a request without a right signature, and answers 401; 429 when its sender, or the key that signed it, floods. */
async function refuseSender(
  request: FastifyRequest,
  reply: FastifyReply,
  { environment, rejection, signedWith, body }: RefusedSender,
  { rejections, keeper, metrics }: WebhookReceivers,
): Promise<object> {
  const silencedMs = rejections.silencedMs(environment.name, { source: sourceOf(request), signedWith });
  metrics.countRefused(environment.name, silencedMs > 0 ? 'rate_limited' : rejection);
  await keeper.keep(request, { environment, rejection, body, ...(signedWith && { signedWith }) });
  if (silencedMs === 0) {
    reply.code(401);
    return { error: rejection.replace('_', ' '), requestId: request.id };
  }
  reply.code(429).header('retry-after', String(Math.ceil(silencedMs / 1000)));
  return { error: 'too many refused deliveries from this sender', requestId: request.id };
}
