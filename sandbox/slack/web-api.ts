import type { IncomingMessage } from 'node:http';
import { Refusal } from './content.ts';
import type { TokenKind } from './contract.ts';
import { type Answer, jsonAnswer } from './http.ts';
import type { ApiContext, Method } from './method.ts';
import { chatMethods } from './methods/chat.ts';
import { fileMethods } from './methods/files.ts';
import { historyMethods } from './methods/history.ts';
import { lookupMethods } from './methods/lookups.ts';
import { viewMethods } from './methods/views.ts';
import type { RateLimits } from './rate-limits.ts';
import { type Fields, isFields } from './validation.ts';
import type { Workspace } from './workspace.ts';

/** A parsed Web API call. */
export interface Call {
  method: string;
  args: Fields;
  token: TokenKind;
}

/** The simulated Web API methods. Any other is `unknown_method`. */
const methods = new Map<string, Method>(
  Object.entries({ ...chatMethods, ...lookupMethods, ...viewMethods, ...fileMethods, ...historyMethods }),
);

/** Arguments that a form carries as JSON text. */
const JSON_ARGS = new Set(['blocks', 'attachments', 'view', 'metadata', 'files', 'unfurls']);

/** Reads a Web API request: a form with JSON fields or a JSON body, with the token in a header or in the form. */
export function readCall(workspace: Workspace, method: string, request: IncomingMessage, body: Buffer): Call {
  const { token: inBody, ...args } = readArgs(request.headers['content-type'] ?? '', body);
  const bearer = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  return { method, args, token: tokenKind(workspace, bearer ?? inBody) };
}

function readArgs(contentType: string, body: Buffer): Fields {
  const text = body.toString('utf8');
  if (contentType.startsWith('application/json')) {
    const parsed = parseJson(text);
    return isFields(parsed) ? parsed : {};
  }
  const entries = [...new URLSearchParams(text)];
  return Object.fromEntries(
    entries.map(([key, value]) => [key, JSON_ARGS.has(key) ? (parseJson(value) ?? value) : value]),
  );
}

/** The parsed value, or undefined when the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function tokenKind(workspace: Workspace, token: unknown): TokenKind {
  if (token === undefined || token === '') return 'none';
  if (token === workspace.botToken) return 'bot';
  return token === workspace.appToken ? 'app' : 'unknown';
}

/** Checks token, scope and rate limit, as Slack does, and runs the method. */
export function answerCall(call: Call, context: ApiContext, limits: RateLimits | null): Answer {
  const method = methods.get(call.method);
  try {
    if (!method) throw new Refusal('unknown_method', { req_method: call.method });
    checkToken(call.token, method);
    checkScope(context.workspace, method);
    const channel = typeof call.args.channel === 'string' ? call.args.channel : null;
    const retryAfter = limits?.check(call.method, method, channel) ?? null;
    if (retryAfter !== null) {
      return jsonAnswer({ ok: false, error: 'ratelimited' }, 429, { 'retry-after': String(retryAfter) });
    }
    return jsonAnswer(
      { ok: true, ...method.run(call.args, context) },
      200,
      scopeHeaders(call, method, context),
    );
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const body = { ok: false, error: error.code, ...error.data };
    return jsonAnswer(body, 200, method ? scopeHeaders(call, method, context) : {});
  }
}

function checkToken(token: TokenKind, method: Method): void {
  if (token === 'none') throw new Refusal('not_authed');
  if (token === 'unknown') throw new Refusal('invalid_auth');
  if (token !== method.token) throw new Refusal('not_allowed_token_type');
}

function checkScope(workspace: Workspace, method: Method): void {
  if (method.scopes.length === 0 || method.scopes.some((scope) => workspace.scopes.has(scope))) return;
  throw new Refusal('missing_scope', {
    needed: method.scopes.join(','),
    provided: [...workspace.scopes].join(','),
  });
}

function scopeHeaders(call: Call, method: Method, { workspace }: ApiContext): Record<string, string> {
  if (call.token !== 'bot' && call.token !== 'app') return {};
  const granted = call.token === 'app' ? 'connections:write' : [...workspace.scopes].join(',');
  const accepted = method.scopes.length > 0 ? { 'x-accepted-oauth-scopes': method.scopes.join(',') } : {};
  return { 'x-oauth-scopes': granted, ...accepted };
}
