import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Environment } from '../config/config.ts';
import { OLDER_SIGNATURE_HEADER, SIGNATURE_HEADER } from '../spotdraft/webhook-signature.ts';
import type { Clock } from '../time/clock.ts';
import { MINUTE_MS } from '../time/units.ts';
import type { RefusedKeeper } from './keep-refused.ts';
import type { MisaddressedReason } from './metrics/deliveries.ts';
import { identify, MAX_BODY_BYTES } from './requests.ts';
import { sourceOf } from './source.ts';

export interface Misaddressed {
  /** Counts a delivery, and logs at most one a minute of each reason. */
  note(reason: MisaddressedReason, request: FastifyRequest): void;
  /**
   * Does the same, reads the body of a signed delivery that nothing has read yet, and keeps it as a refused one when a known key
   * signed it or its environment is known. `environment`: the one that its URL names.
   */
  refuse(
    reason: Exclude<MisaddressedReason, 'other_spelling'>,
    request: FastifyRequest,
    environment: Environment | null,
  ): Promise<void>;
  /** Counts and keeps the request when it is a delivery, and answers 404, in words for a browser. */
  notFound(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply>;
}

interface Dependencies {
  environments: readonly { name: string }[];
  logger: Logger;
  clock: Clock;
  count(reason: MisaddressedReason): void;
  keeper: RefusedKeeper;
}

/** Longest text of what was wrong with a delivery, characters. */
const MAX_DETAIL = 100;

const texts: Record<MisaddressedReason, string> = {
  unknown_environment: 'a delivery to an environment that the config does not name was answered 404',
  unknown_path: 'a delivery to an address without a receiver was answered 404',
  wrong_method: 'a delivery that is no POST was refused: a redirect or a proxy may have changed its method',
  wrong_type: 'a delivery with a content type other than JSON was answered 415',
  other_spelling: 'a delivery to another spelling of the address of a receiver was accepted',
};

export function createMisaddressed({
  environments,
  logger,
  clock,
  count,
  keeper,
}: Dependencies): Misaddressed {
  const names = new Set(['webhooks', ...environments.map(({ name }) => name)]);
  const logged = new Map<MisaddressedReason, { minute: number; since: number }>();
  const note = (reason: MisaddressedReason, request: FastifyRequest): void => {
    count(reason);
    const minute = Math.floor(clock.now() / MINUTE_MS);
    const last = logged.get(reason);
    if (last?.minute === minute) {
      last.since += 1;
      return;
    }
    logged.set(reason, { minute, since: 0 });
    const { method } = request;
    logger.warn(
      {
        reason,
        method,
        path: shownPath(pathOf(request), names),
        source: sourceOf(request),
        notLogged: last?.since ?? 0,
      },
      texts[reason],
    );
  };
  const refuse: Misaddressed['refuse'] = async (reason, request, environment) => {
    note(reason, request);
    if (!isSigned(request)) return;
    const { method } = request;
    const type = request.headers['content-type'];
    const detail = {
      wrong_method: method,
      wrong_type: type === undefined ? null : type.slice(0, MAX_DETAIL),
      unknown_environment: null,
      unknown_path: shownPath(pathOf(request), names).slice(0, MAX_DETAIL),
    }[reason];
    await keeper.keep(request, { environment, rejection: reason, detail, body: await bodyOf(request.raw) });
  };
  return {
    note,
    refuse,
    async notFound(request, reply) {
      identify(request, reply);
      if (isDelivery(request)) await refuse('unknown_path', request, null);
      if (isVisit(request) && meansReceiver(request)) return sendText(reply.code(404), NO_RECEIVER);
      return reply.code(404).send({ error: 'no such address' });
    },
  };
}

/** The body of a request; null when it is larger than a receiver takes, or its sender left. */
export function bodyOf(raw: IncomingMessage): Promise<Buffer | null> {
  if (Number(raw.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return Promise.resolve(null);
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const end = (body: Buffer | null) => {
      raw.removeAllListeners('data');
      raw.resume();
      resolve(body);
    };
    raw.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_BODY_BYTES) end(null);
      else chunks.push(chunk);
    });
    raw.once('end', () => end(Buffer.concat(chunks)));
    raw.once('close', () => end(null));
    raw.once('error', () => end(null));
  });
}

export const pathOf = ({ raw }: FastifyRequest): string => (raw.url ?? '').split('?', 1)[0] ?? '';

/** The path with only those parts that the config names: another part may be a secret. */
const shownPath = (path: string, names: ReadonlySet<string>): string =>
  path
    .split('/', 10)
    .map((part) => (part === '' || names.has(part.toLowerCase()) ? part : '…'))
    .join('/');

/** A receiver's path, or one that was meant to be: `/webhook/prod`, `//webhooks`. */
const meansReceiver = (request: FastifyRequest): boolean => /^\/+webhooks?(?:\/|$)/i.test(pathOf(request));

const isVisit = ({ method }: FastifyRequest): boolean => method === 'GET' || method === 'HEAD';

/** Only SpotDraft sends the header of a signature, whatever the path. */
export const isSigned = ({ headers }: FastifyRequest): boolean =>
  headers[SIGNATURE_HEADER] !== undefined || headers[OLDER_SIGNATURE_HEADER] !== undefined;

const isDelivery = (request: FastifyRequest): boolean =>
  isSigned(request) || (!isVisit(request) && meansReceiver(request));

export const sendText = (reply: FastifyReply, text: string): FastifyReply =>
  reply.header('cache-control', 'no-store').type('text/plain; charset=utf-8').send(text);

export const RECEIVER = `This is a webhook receiver of Envcheck, and it can be reached.

A browser cannot use it: SpotDraft sends signed POST requests to this address.
To use it, let Envcheck register it (/envcheck webhooks in Slack), or enter this address for a webhook in SpotDraft under
Settings, Developer settings. To see what has arrived, use /envcheck events in Slack.
`;

export const NO_RECEIVER = `There is no webhook receiver at this address.

The address of a receiver ends with /webhooks/ and the name of an environment in Envcheck's configuration, such as
/webhooks/prod. Compare the address with that of the webhook in SpotDraft under Settings, Developer settings.
`;
