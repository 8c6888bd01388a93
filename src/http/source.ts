import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';

/** An address with the port that some proxies add. */
const WITH_PORT = /^(?:\[([^\]]+)\]|([\d.]+)):\d+$/;

/**
 * Address of the sender, behind a trusted proxy that of its client; `unknown` when it left before its request was handled. A
 * client may have written anything into the header of the proxies.
 */
export function sourceOf(request: FastifyRequest): string {
  const { ip } = request;
  const [, v6, v4] = WITH_PORT.exec(ip ?? '') ?? [];
  const given = v6 ?? v4 ?? ip ?? '';
  return isIP(given) > 0 ? given : (request.socket.remoteAddress ?? 'unknown');
}
