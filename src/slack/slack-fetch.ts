import type { FarClocks } from '../time/far-clocks.ts';
import { retryAfterMs } from '../time/retry-after.ts';

/** Wait after a refusal that names no time, ms. */
const DEFAULT_WAIT_MS = 30_000;
/** Limit of an answer. The largest, a page of a channel's history, stays well below. */
const MAX_BYTES = 10 * 1024 * 1024;

/**
 * Returns `fetch` for the clients of Slack: every answer has a time limit, which the clients do not set for response URLs and
 * for connections, and a size limit.
 */
export const slackFetch =
  (timeoutMs: number, farClocks: Pick<FarClocks, 'note'>): typeof fetch =>
  async (url, init) => {
    const signal = init?.signal ?? AbortSignal.timeout(timeoutMs);
    const response = await fetch(url, { ...init, signal });
    farClocks.note('Slack', response.headers.get('date'));
    return boundedResponse(response, Date.now());
  };

/** An answer of Slack, or of what stands before it, whose body ends and whose rate limit asks for a time that can be waited for. */
export function boundedResponse(response: Response, now: number): Response {
  const { statusText, body } = response;
  // `Response` takes no status beyond.
  const status = Math.min(response.status, 599);
  const headers = new Headers(response.headers);
  if (status === 429) {
    const waitMs = retryAfterMs(headers.get('retry-after'), now) ?? DEFAULT_WAIT_MS;
    headers.set('retry-after', String(Math.ceil(waitMs / 1_000)));
  }
  return new Response(body?.pipeThrough(endingAfter(MAX_BYTES)) ?? null, { status, statusText, headers });
}

function endingAfter(limit: number): TransformStream<Uint8Array, Uint8Array> {
  let left = limit;
  return new TransformStream({
    transform(chunk, controller) {
      left -= chunk.byteLength;
      if (left < 0) controller.error(new Error(`answer over ${limit / 1024 / 1024} MiB`));
      else controller.enqueue(chunk);
    },
  });
}
