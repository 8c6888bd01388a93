import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { type Answer, errorAnswer, htmlPage, json, redirect } from './answer.ts';
import type { Fault } from './faults.ts';

export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  /** Called with the status before it is sent. */
  onStatus: (status: number) => void;
  /** Aborted when the server stops, which ends all waiting. */
  stopping: AbortSignal;
}

export function send({ response, onStatus }: Exchange, answer: Answer): void {
  if (response.destroyed) return;
  const hasBody = answer.status !== 204 && answer.status !== 304;
  const length = hasBody ? { 'content-length': String(Buffer.byteLength(answer.body)) } : {};
  onStatus(answer.status);
  response.writeHead(answer.status, { ...answer.headers, ...length });
  response.end(hasBody ? answer.body : undefined);
}

/** Answers with a fault. @param normal creates the answer without the fault */
export async function sendFault(exchange: Exchange, fault: Fault, normal: () => Answer): Promise<void> {
  switch (fault.kind) {
    case 'timeout':
      return;
    case 'reset':
      exchange.request.socket.resetAndDestroy();
      return;
    case 'slow':
      await delay(fault.ms, undefined, { signal: exchange.stopping });
      return send(exchange, normal());
    case 'reset_mid_body':
      return sendHalf(exchange, normal());
    case 'huge':
      return sendHuge(exchange, fault.bytes);
    default:
      return send(exchange, faultAnswer(fault));
  }
}

type AnswerFault = Extract<Fault, { kind: 'status' | 'html' | 'json' | 'empty' | 'redirect' }>;

function faultAnswer(fault: AnswerFault): Answer {
  switch (fault.kind) {
    case 'status': {
      const answer =
        fault.body === undefined
          ? errorAnswer(fault.status, STATUS_CODES[fault.status] ?? `Status ${fault.status}`)
          : json(fault.status, fault.body);
      return { ...answer, headers: { ...answer.headers, ...fault.headers } };
    }
    case 'html':
      return htmlPage(fault.status ?? 200, 'Scheduled maintenance', 'We will be back shortly.');
    case 'json':
      return json(200, fault.body);
    case 'empty':
      return { ...json(200, null), body: '' };
    case 'redirect':
      return redirect(fault.status ?? 302, fault.location);
  }
}

/** Time for the first half to arrive: a reset discards data that the other side has not read yet. */
const BEFORE_RESET_MS = 25;

async function sendHalf({ request, response, onStatus, stopping }: Exchange, answer: Answer): Promise<void> {
  // For an answer without a body, the announced length still promises one.
  const body = Buffer.from(answer.body || '  ');
  onStatus(answer.status);
  response.writeHead(answer.status, { ...answer.headers, 'content-length': String(body.length) });
  response.write(body.subarray(0, Math.floor(body.length / 2)));
  await delay(BEFORE_RESET_MS, undefined, { signal: stopping });
  request.socket.resetAndDestroy();
}

const CHUNK = 'x'.repeat(64 * 1024);

async function sendHuge({ response, onStatus }: Exchange, bytes: number): Promise<void> {
  onStatus(200);
  response.writeHead(200, { 'content-type': 'application/json' });
  await pipeline(Readable.from(paddedJson(bytes)), response);
}

function* paddedJson(bytes: number): Generator<string> {
  const [start, end] = ['{"padding":"', '"}'];
  yield start;
  let left = bytes - start.length - end.length;
  for (; left > CHUNK.length; left -= CHUNK.length) yield CHUNK;
  yield CHUNK.slice(0, Math.max(left, 0)) + end;
}
