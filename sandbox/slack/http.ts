import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Fault } from './faults.ts';

const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** @throws when the peer sends more than 16 MiB or disconnects */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new Error(`body larger than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

export function jsonAnswer(body: object, status = 200, headers: Record<string, string> = {}): Answer {
  const type = { 'content-type': 'application/json; charset=utf-8' };
  return { status, headers: { ...type, ...headers }, body: JSON.stringify(body) };
}

export function textAnswer(status: number, body: string): Answer {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}

export function send(response: ServerResponse, answer: Answer): void {
  if (response.destroyed) return;
  response.writeHead(answer.status, { ...answer.headers, 'content-length': Buffer.byteLength(answer.body) });
  response.end(answer.body);
}

/** The effect of a fault on a request: another answer, no answer, or the real answer, perhaps delayed or lost. */
export type FaultOutcome =
  | { answer: Answer; error: string }
  | { unanswered: 'reset' | 'timeout' }
  | { proceed: true; delayMs: number; losesAnswer: boolean };

/** @param asText true for response URLs: they answer an error with 400 and plain text, the Web API with 200 and ok:false */
export function applyFault(fault: Fault | null, asText: boolean): FaultOutcome {
  switch (fault?.kind) {
    case 'ratelimited': {
      const headers = { 'retry-after': String(fault.retryAfter) };
      return { answer: jsonAnswer({ ok: false, error: 'ratelimited' }, 429, headers), error: 'ratelimited' };
    }
    case 'error': {
      const { error, data } = fault;
      const answer = asText ? textAnswer(400, error) : jsonAnswer({ ok: false, error, ...data });
      return { answer, error };
    }
    case 'status':
      return {
        answer: textAnswer(fault.status, `simulated status ${fault.status}`),
        error: `http_${fault.status}`,
      };
    case 'reset':
    case 'timeout':
      return { unanswered: fault.kind };
    default:
      return {
        proceed: true,
        delayMs: fault?.kind === 'slow' ? fault.ms : 0,
        losesAnswer: fault?.kind === 'lost',
      };
  }
}
