import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from './content.ts';
import type { Faults } from './faults.ts';
import { uploadedContent } from './files.ts';
import { type Answer, applyFault, jsonAnswer, readBody, send, textAnswer } from './http.ts';
import type { ApiContext } from './method.ts';
import type { RateLimits } from './rate-limits.ts';
import type { ResponseUrls } from './response-urls.ts';
import { answerCall, type Call, parseJson, readCall } from './web-api.ts';

/** The state behind the simulator's HTTP routes. */
export interface Routes {
  context: ApiContext;
  responseUrls: ResponseUrls;
  faults: Faults;
  limits: RateLimits | null;
}

/** Handles one HTTP request: a Web API call, a response URL, or a file's bytes. */
export async function route(
  routes: Routes,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://localhost').pathname;
  const body = await readBody(request);
  if (path.startsWith('/api/')) {
    const call = readCall(routes.context.workspace, path.slice('/api/'.length), request, body);
    await answer(
      routes,
      response,
      call.method,
      false,
      () => answerCall(call, routes.context, routes.limits),
      call,
    );
  } else if (/^\/(commands|actions)\//.test(path)) {
    await answer(
      routes,
      response,
      'response_url',
      true,
      () => respondThrough(routes, path, request, body),
      null,
    );
  } else if (path.startsWith('/upload/v1/')) {
    const take = () => receiveFile(routes.context, path, request, body);
    await answer(routes, response, 'upload', true, take, null);
  } else {
    send(response, textAnswer(404, 'not found'));
  }
}

/** Answers the request, applies a due fault, and records the outcome. */
async function answer(
  routes: Routes,
  response: ServerResponse,
  name: string,
  asText: boolean,
  run: () => Answer,
  call: Call | null,
): Promise<void> {
  const outcome = applyFault(routes.faults.take(name, textOf(call)), asText);
  if ('unanswered' in outcome) {
    record(routes, name, call, null, outcome.unanswered);
    if (outcome.unanswered === 'reset') response.destroy();
    return;
  }
  if ('answer' in outcome) {
    record(routes, name, call, outcome.answer, outcome.error);
    send(response, outcome.answer);
    return;
  }
  if (outcome.delayMs > 0) await sleep(outcome.delayMs, undefined, { ref: false });
  const result = run();
  record(routes, name, call, outcome.losesAnswer ? null : result, errorOf(result, asText));
  if (outcome.losesAnswer) response.destroy();
  else send(response, result);
}

const textOf = (call: Call | null): string => (typeof call?.args.text === 'string' ? call.args.text : '');

function errorOf(answered: Answer, asText: boolean): string | null {
  if (asText && answered.status === 200) return null;
  const body = parseJson(answered.body) as { ok?: boolean; error?: string } | undefined;
  return body === undefined ? answered.body : (body.error ?? null);
}

function record(
  routes: Routes,
  name: string,
  call: Call | null,
  answered: Answer | null,
  error: string | null,
): void {
  const { clock, journal } = routes.context.workspace;
  if (error !== null) {
    const channel = typeof call?.args.channel === 'string' ? call.args.channel : null;
    journal.note({ kind: 'refused', via: name, channel, text: textOf(call), error });
  }
  if (!call) return;
  const { method, args, token } = call;
  journal.call({
    method,
    args,
    token,
    at: clock.now(),
    ok: error === null,
    error,
    status: answered?.status ?? null,
  });
}

function respondThrough(routes: Routes, path: string, request: IncomingMessage, body: Buffer): Answer {
  const text = body.toString('utf8');
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded');
  const parsed = parseJson(isForm ? (new URLSearchParams(text).get('payload') ?? '') : text);
  try {
    const used = routes.responseUrls.use(path, parsed);
    return used.body.startsWith('{')
      ? jsonAnswer(JSON.parse(used.body), used.status)
      : textAnswer(used.status, used.body);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return textAnswer(400, error.code);
  }
}

function receiveFile(context: ApiContext, path: string, request: IncomingMessage, body: Buffer): Answer {
  const upload = context.files.uploads.get(path.slice('/upload/v1/'.length));
  const content = uploadedContent(request.headers['content-type'] ?? '', body);
  if (!upload || upload.received || !content) return textAnswer(404, 'not found');
  if (content.length !== upload.length)
    return textAnswer(400, `expected ${upload.length} bytes, got ${content.length}`);
  upload.content = content.toString('utf8');
  upload.bytes = content;
  upload.received = true;
  return textAnswer(200, `OK - ${upload.length}`);
}
