import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { OLDER_SIGNATURE_HEADER, SIGNATURE_HEADER } from '../spotdraft/webhook-signature.ts';
import type { Clock } from '../time/clock.ts';

/** The fault in the address of a delivery. `other_spelling` is accepted: another case, a slash too many. */
export const misaddressedReasons = [
  'unknown_environment',
  'unknown_path',
  'wrong_method',
  'wrong_type',
  'other_spelling',
] as const;
export type MisaddressedReason = (typeof misaddressedReasons)[number];

export interface Misaddressed {
  /** Counts a delivery, and logs at most one a minute of each reason. */
  note(reason: MisaddressedReason, request: FastifyRequest): void;
  /** Counts the request when it is a delivery, and answers 404, in words for a browser. */
  notFound(request: FastifyRequest, reply: FastifyReply): FastifyReply;
}

interface Dependencies {
  environments: readonly { name: string }[];
  logger: Logger;
  clock: Clock;
  count(reason: MisaddressedReason): void;
}

const MINUTE_MS = 60_000;

const texts: Record<MisaddressedReason, string> = {
  unknown_environment: 'a delivery to an environment that the config does not name was answered 404',
  unknown_path: 'a delivery to an address without a receiver was answered 404',
  wrong_method: 'a delivery that is no POST was refused: a redirect or a proxy may have changed its method',
  wrong_type: 'a delivery with a content type other than JSON was answered 415',
  other_spelling: 'a delivery to another spelling of the address of a receiver was accepted',
};

export function createMisaddressed({ environments, logger, clock, count }: Dependencies): Misaddressed {
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
    const { method, socket } = request;
    logger.warn(
      {
        reason,
        method,
        path: shownPath(pathOf(request), names),
        source: socket.remoteAddress ?? 'unknown',
        notLogged: last?.since ?? 0,
      },
      texts[reason],
    );
  };
  return {
    note,
    notFound(request, reply) {
      if (isDelivery(request)) note('unknown_path', request);
      if (isVisit(request) && meansReceiver(request)) return sendText(reply.code(404), NO_RECEIVER);
      return reply.code(404).send({ error: 'no such address' });
    },
  };
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
