/** Longest time that an answer of Slack may make us wait, s. Node's timers end at once from 2^31 ms on. */
const LONGEST_WAIT_S = 300;
/** Wait after a refusal that names no time, s. */
const DEFAULT_WAIT_S = 30;
/** Limit of an answer. The largest, a page of a channel's history, stays well below. */
const MAX_BYTES = 10 * 1024 * 1024;

/** An answer of Slack, or of what stands before it, whose body ends and whose rate limit asks for a time that can be waited for. */
export function boundedResponse(response: Response): Response {
  const { status, statusText, body } = response;
  const headers = new Headers(response.headers);
  if (status === 429) headers.set('retry-after', String(waitOf(headers.get('retry-after'))));
  return new Response(body?.pipeThrough(endingAfter(MAX_BYTES)) ?? null, { status, statusText, headers });
}

function waitOf(retryAfter: string | null): number {
  const seconds = Number(retryAfter?.trim() || Number.NaN);
  if (Number.isNaN(seconds)) return DEFAULT_WAIT_S;
  return Math.min(Math.max(0, Math.ceil(seconds)), LONGEST_WAIT_S);
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
