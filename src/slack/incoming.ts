import type { IncomingMessage, ServerResponse } from 'node:http';
import { parse } from 'node:querystring';
import { isValidSlackRequest } from '@slack/bolt';
import type { Logger } from 'pino';
import { isNestedDeeply } from '../text/nesting.ts';
import { systemClock } from '../time/clock.ts';
import { createMinuteCounts } from '../time/minute-counts.ts';
import { MINUTE_MS } from '../time/units.ts';
import { isEnvelope } from './envelope.ts';

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
  const counted = createMinuteCounts(systemClock);
  return {
    note(fault) {
      const { count, notLogged } = counted(fault);
      if (count === 1) logger.warn({ fault, notLogged }, texts[fault]);
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
  if (form?.ssl_check === '1') return null;
  const isShaped =
    form && form.payload === undefined
      ? isEnvelope('slash_commands', form)
      : form
        ? isEnvelope('interactive', parsed(form.payload))
        : isJsonBody(parsed(body));
  return isShaped ? null : 'unknown_shape';
}

const isJsonBody = (body: unknown): boolean =>
  isObject(body) && isEnvelope(body.type === 'url_verification' ? body.type : 'events_api', body);

/** The value of JSON; null when it is none, or nested more deeply than Slack nests. */
const parsed = (text: unknown): unknown => {
  if (typeof text !== 'string' || isNestedDeeply(text)) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Messages about the connection itself. */
const ofConnection = new Set<unknown>(['hello', 'disconnect', 'warning']);

/** True for a message on the socket that Bolt can take; it ends the process on others. */
export function isSocketMessage(text: string): boolean {
  const message = parsed(text);
  if (!isObject(message)) return false;
  const { type, envelope_id: envelope, payload } = message;
  if (ofConnection.has(type)) return true;
  return (
    (type === 'events_api' || type === 'slash_commands' || type === 'interactive') &&
    typeof envelope === 'string' &&
    isEnvelope(type, payload)
  );
}
