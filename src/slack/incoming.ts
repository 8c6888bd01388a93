import type { IncomingMessage, ServerResponse } from 'node:http';
import { parse } from 'node:querystring';
import { isValidSlackRequest } from '@slack/bolt';
import type { Logger } from 'pino';
import { systemClock } from '../time/clock.ts';
import { MINUTE_MS } from '../time/units.ts';

/** Slack repeats a request for less than this, in either direction of a clock. */
const MAX_AGE_MS = 5 * MINUTE_MS;
/** Refused requests per minute after which the answer is 429. A signed request is always taken. */
const MAX_REFUSED = 600;

export type IncomingFault = 'unsigned' | 'bad_signature' | 'wrong_time' | 'unknown_shape';

const texts: Record<IncomingFault, string> = {
  unsigned: 'a request without Slack’s signature was refused',
  bad_signature:
    'a request with a wrong signature was refused: SLACK_SIGNING_SECRET may belong to another app',
  wrong_time: 'a request of more than five minutes ago or ahead was refused: a clock may be wrong',
  unknown_shape: 'a message from Slack of an unknown shape was dropped',
};

export interface Faults {
  /** Counts a refused request, and logs at most one a minute of each kind. Returns how many there were in this minute. */
  note(fault: IncomingFault): number;
}

export function createFaults(logger: Logger): Faults {
  let minute = 0;
  let counts = new Map<IncomingFault, number>();
  return {
    note(fault) {
      const now = Math.floor(systemClock.now() / MINUTE_MS);
      const before = counts;
      if (now !== minute) [minute, counts] = [now, new Map()];
      const count = (counts.get(fault) ?? 0) + 1;
      counts.set(fault, count);
      if (count === 1)
        logger.warn({ fault, notLogged: Math.max(0, (before.get(fault) ?? 0) - 1) }, texts[fault]);
      return count;
    },
  };
}

/** Handles a request to Slack's path, with the body as it came. */
export type SlackListener = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

/**
 * Judges a request before Bolt does: Bolt takes times in the future, logs every refused request, and ends the process on a
 * signed body that is no object. 401: not signed by Slack or not now; 429: many of these; 400: of an unknown shape.
 */
export function judged(
  { signingSecret, faults }: { signingSecret: string; faults: Faults },
  bolt: (request: IncomingMessage, response: ServerResponse) => void,
): SlackListener {
  return (request, response, body) => {
    const text = body.toString();
    const isForm = request.headers['content-type'] === 'application/x-www-form-urlencoded';
    const fault = signatureFault(request, text, isForm, signingSecret) ?? shapeFault(text, isForm);
    if (fault !== null) {
      const many = faults.note(fault) > MAX_REFUSED;
      const status = many ? 429 : fault === 'unknown_shape' ? 400 : 401;
      response.writeHead(status, many ? { 'retry-after': '60' } : {}).end();
      return;
    }
    // Bolt reads a body that is there already.
    bolt(Object.assign(request, { rawBody: body }), response);
  };
}

function signatureFault(
  { headers }: IncomingMessage,
  body: string,
  isForm: boolean,
  signingSecret: string,
): IncomingFault | null {
  // Slack tests an address without signing; Bolt removes everything else from such a request.
  if (isForm && parse(body).ssl_check === '1') return null;
  const signature = headers['x-slack-signature'];
  const at = Number(headers['x-slack-request-timestamp']);
  if (typeof signature !== 'string' || !Number.isFinite(at)) return 'unsigned';
  const given = { 'x-slack-signature': signature, 'x-slack-request-timestamp': at };
  const now = systemClock.now();
  if (Math.abs(now - at * 1000) > MAX_AGE_MS) return 'wrong_time';
  return isValidSlackRequest({ signingSecret, body, headers: given, nowMilliseconds: now })
    ? null
    : 'bad_signature';
}

function shapeFault(body: string, isForm: boolean): IncomingFault | null {
  const form = isForm ? parse(body) : null;
  if (form && form.payload === undefined) return null;
  const text = form ? form.payload : body;
  return typeof text === 'string' && isEnvelope(parsed(text)) ? null : 'unknown_shape';
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The body of a request, or the payload of a message on the socket. */
const isEnvelope = (value: unknown): boolean =>
  isObject(value) &&
  (value.type !== 'event_callback' || (isObject(value.event) && typeof value.event.type === 'string'));

/** Messages that carry what Slack sends to a URL in HTTP mode. */
const carriers = new Set<unknown>(['events_api', 'slash_commands', 'interactive']);

/** True for a message on the socket that Bolt can take; it ends the process on others. */
export function isSocketMessage(text: string): boolean {
  const message = parsed(text);
  if (!isObject(message) || typeof message.type !== 'string') return false;
  if (!carriers.has(message.type)) return true;
  const { payload } = message;
  return isEnvelope(
    message.type === 'events_api' && isObject(payload) ? { ...payload, type: 'event_callback' } : payload,
  );
}
