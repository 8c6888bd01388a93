import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Environment } from '../config/config.ts';
import type { NewDelivery, Rejection } from '../events/log/delivery.ts';
import { NotRecordedError, type Recorder } from '../events/log/recorder.ts';
import { OLDER_SIGNATURE_HEADER, SIGNATURE_HEADER } from '../spotdraft/webhook-signature.ts';
import type { Clock } from '../time/clock.ts';
import { isProbe } from '../workspace/receivers/probe.ts';
import type { DeliveryMetrics, RefusalReason } from './metrics/deliveries.ts';
import { isSigned, type Misaddressed, NO_RECEIVER, pathOf, RECEIVER, sendText } from './misaddressed.ts';
import type { Rejections } from './rejections.ts';
import { requestIdOf } from './request-id.ts';
import type { GivenSignature } from './signer-search.ts';
import type { WebhookKeys } from './webhook-keys.ts';

export interface WebhookReceivers {
  environments: readonly Environment[];
  keys: WebhookKeys;
  recorder: Recorder;
  rejections: Rejections;
  misaddressed: Misaddressed;
  clock: Clock;
  metrics: DeliveryMetrics;
}

/** Size limit of a body. */
const MAX_BODY_BYTES = 1024 * 1024;
/** `Retry-After` when a delivery cannot be stored, seconds. */
const RETRY_AFTER_S = '10';

interface Params {
  Params: { environment: string };
  Body: Buffer | undefined;
}

/**
 * `POST /webhooks/<environment>`: verified before parsing, on disk before the answer. 401: wrong or missing signature; 404:
 * unknown environment; 405: another method; 413 and 415: a body that SpotDraft does not send; 429: a sender that only floods; 503: it cannot be
 * judged or stored now, so that SpotDraft sends it again.
 */
export async function webhookReceivers(scope: FastifyInstance, receivers: WebhookReceivers): Promise<void> {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES }, (_request, body, done) =>
    done(null, body),
  );
  const { metrics, misaddressed } = receivers;
  const byName = new Map(receivers.environments.map((environment) => [environment.name, environment]));
  scope.addHook<Params>('onRequest', async (request, reply) => {
    const requestId = requestIdOf(request.headers);
    request.id = requestId;
    reply.header('x-request-id', requestId);
    // Names of environments have no capitals.
    request.params.environment = request.params.environment.toLowerCase();
  });
  const admit = async (request: FastifyRequest<Params>, reply: FastifyReply) => {
    const { id: requestId, params } = request;
    if (!byName.has(params.environment)) {
      metrics.countUnknownReceiver();
      misaddressed.note('unknown_environment', request);
      return reply.code(404).send({ error: 'no such environment', requestId });
    }
    const silencedMs = receivers.rejections.blockedMs(sourceOf(request));
    if (silencedMs > 0) {
      metrics.countRefused(params.environment, 'rate_limited');
      reply.header('retry-after', String(Math.ceil(silencedMs / 1000)));
      return reply.code(429).send({ error: 'too many refused deliveries from this address', requestId });
    }
    const type = request.headers['content-type'];
    if (type !== undefined && !/^application\/(?:[\w.-]+\+)?json\b/i.test(type)) {
      metrics.countRefused(params.environment, 'wrong_type');
      misaddressed.note('wrong_type', request);
      return reply.code(415).send({ error: 'the content type must be application/json', requestId });
    }
    if (pathOf(request) !== `/webhooks/${params.environment}`) misaddressed.note('other_spelling', request);
  };
  scope.addHook<Params>('onError', async (request, _reply, { code }) => {
    if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') metrics.countRefused(request.params.environment, 'too_large');
  });
  scope.post<Params>('/webhooks/:environment', { onRequest: admit }, async (request, reply) => {
    const environment = byName.get(request.params.environment);
    if (environment) return receive(request, reply, environment, receivers);
  });
  // HEAD too. For people who open the address in a browser, and for senders whose POST became a GET by a redirect.
  scope.get<Params>('/webhooks/:environment', (request, reply) => {
    if (isSigned(request)) misaddressed.note('wrong_method', request);
    return byName.has(request.params.environment)
      ? sendText(reply.header('allow', 'POST'), RECEIVER)
      : sendText(reply.code(404), NO_RECEIVER);
  });
  const refuseMethod = async (request: FastifyRequest<Params>, reply: FastifyReply) => {
    misaddressed.note('wrong_method', request);
    reply.code(405).header('allow', 'POST');
    return reply.send({ error: 'a delivery is a POST request', requestId: request.id });
  };
  scope.route<Params>({
    method: ['PUT', 'PATCH', 'DELETE'],
    url: '/webhooks/:environment',
    onRequest: refuseMethod,
    handler: refuseMethod,
  });
}

async function receive(
  request: FastifyRequest<Params>,
  reply: FastifyReply,
  environment: Environment,
  { keys, recorder, rejections, clock, metrics }: WebhookReceivers,
): Promise<object> {
  const startedAt = performance.now();
  const body = request.body ?? Buffer.alloc(0);
  const delivery: NewDelivery = {
    environment: environment.name,
    receivedAt: clock.now(),
    requestId: request.id,
    source: sourceOf(request),
    rejection: null,
    signedWith: null,
    headerEventId: headerEventId(request, environment),
    body,
  };
  const refuse = async (rejection: Rejection, given: GivenSignature | null): Promise<object> => {
    const signedWith = given && keys.signerOf(environment.name, body, given);
    metrics.countRefused(environment.name, rejection);
    if (signedWith) metrics.countSigner(environment.name, signedWith);
    const sample = await rejections.record({ ...delivery, rejection, signedWith });
    if (given && sample !== null && signedWith === 'unknown_key') searchLater(sample, given);
    reply.code(401);
    return { error: rejection.replace('_', ' '), requestId: request.id };
  };
  /** Searches again when the keys that are not known yet were read. Nobody waits for that. */
  const searchLater = (sample: string, given: GivenSignature): void => {
    const learned = keys.learn();
    learned
      ?.then(async () => {
        const signedWith = keys.signerOf(environment.name, body, given);
        if (signedWith === 'unknown_key') return;
        metrics.countSigner(environment.name, signedWith);
        await recorder.run({ kind: 'signer', delivery: sample, signedWith });
      })
      .catch((error) => request.log.error({ err: error }, 'signer of a refused delivery not noted'));
  };
  const later = (error: string, refusal: RefusalReason): object => {
    metrics.countRefused(environment.name, refusal);
    reply.code(503).header('retry-after', RETRY_AFTER_S);
    return { error, requestId: request.id };
  };
  const signature = request.headers[SIGNATURE_HEADER];
  if (typeof signature !== 'string' || signature === '') {
    const older = request.headers[OLDER_SIGNATURE_HEADER];
    const given = typeof older === 'string' && older !== '' ? { signature: older, olderHeader: true } : null;
    return refuse('missing_signature', given);
  }
  const judged = await keys.verify(environment.name, body, signature);
  if (judged === 'no_key') return later('the key of this workspace could not be read yet', 'no_key');
  if (judged === 'wrong') return refuse('bad_signature', { signature, olderHeader: false });
  // Our own probe, passed on by its receiver: nothing happened in SpotDraft, and no silence has ended.
  if (isProbe(body)) return { probe: true, requestId: request.id };
  try {
    const { deliveryId, eventId, activity, duplicate, unread } = await recorder.record(delivery);
    rejections.trust(delivery.source);
    metrics.countStored({ environment: environment.name, activity, duplicate, unread, startedAt });
    return { deliveryId, eventId, duplicate, requestId: request.id };
  } catch (error) {
    if (!(error instanceof NotRecordedError)) throw error;
    request.log.error(
      { err: error, environment: environment.name, requestId: request.id },
      'delivery not stored',
    );
    return later('the delivery could not be stored', 'not_stored');
  }
}

/** Address of the sender; unknown when it left before its request was handled. */
const sourceOf = ({ socket }: FastifyRequest): string => socket.remoteAddress ?? 'unknown';

function headerEventId(request: FastifyRequest, { webhooks }: Environment): string | null {
  const { eventId } = webhooks ?? {};
  if (!eventId || !('header' in eventId)) return null;
  const value = request.headers[eventId.header.toLowerCase()];
  return typeof value === 'string' && value !== '' ? value : null;
}
