import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { randomId } from '../text/ids.ts';

/** Size limit of a webhook and of a request from Slack. */
export const MAX_BODY_BYTES = 1024 * 1024;
/** `Retry-After` of an answer 503, seconds. */
const RETRY_AFTER_S = '10';

/** A request whose path names an environment. */
export interface EnvironmentRoute {
  Params: { environment: string };
  Body: Buffer | undefined;
}

/** Hands bodies over as they came, up to `limit` bytes; null: leaves them unread. */
export function takeBodies(scope: FastifyInstance, limit: number | null): void {
  scope.removeAllContentTypeParsers();
  if (limit === null) scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
  else
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: limit }, (_request, body, done) =>
      done(null, body),
    );
}

/** Gives a request its id, which the answer carries too. */
export function identify(request: FastifyRequest, reply: FastifyReply): void {
  request.id = requestIdOf(request.headers);
  reply.header('x-request-id', request.id);
}

/** Answers that the request should be sent again. */
export const answerLater = (reply: FastifyReply, error: string, status: 429 | 503 = 503): FastifyReply =>
  reply.code(status).header('retry-after', RETRY_AFTER_S).send({ error, requestId: reply.request.id });

/** The sender's request id from `X-Request-Id` or the trace id of `traceparent` (W3C), else a generated one. */
function requestIdOf(headers: IncomingHttpHeaders): string {
  const given = headers['x-request-id'];
  if (typeof given === 'string' && /^[\w.:/+=-]{1,128}$/.test(given)) return given;
  // The standard forbids an all-zero trace id.
  const trace = /^[\da-f]{2}-(?!0{32})([\da-f]{32})-[\da-f]{16}-[\da-f]{2}/.exec(
    String(headers.traceparent ?? ''),
  )?.[1];
  return trace ?? randomId('req');
}
