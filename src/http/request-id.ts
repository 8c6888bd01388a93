import type { IncomingHttpHeaders } from 'node:http';
import { randomId } from '../text/ids.ts';

/** The sender's request id from `X-Request-Id` or the trace id of `traceparent` (W3C), else a generated one. */
export function requestIdOf(headers: IncomingHttpHeaders): string {
  const given = headers['x-request-id'];
  if (typeof given === 'string' && /^[\w.:/+=-]{1,128}$/.test(given)) return given;
  // The standard forbids an all-zero trace id.
  const trace = /^[\da-f]{2}-(?!0{32})([\da-f]{32})-[\da-f]{16}-[\da-f]{2}/.exec(
    String(headers.traceparent ?? ''),
  )?.[1];
  return trace ?? randomId('req');
}
