import type { IncomingMessage } from 'node:http';

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Why a request is not taken; null: it is. Listening on loopback keeps other machines out; this keeps out the pages of
 * others in the same browser: a name of theirs that leads here (DNS rebinding), and a form or script that posts here.
 */
export function refusalReason({ method, headers, socket }: IncomingMessage): string | null {
  const host = headers.host ?? '';
  const url = URL.canParse(`http://${host}`) ? new URL(`http://${host}`) : null;
  if (
    !url ||
    url.host !== host.toLowerCase() ||
    !LOOPBACK.has(url.hostname) ||
    Number(url.port) !== socket.localPort
  )
    return `The sandbox is reached at 127.0.0.1:${socket.localPort}, not at “${host}”.`;
  if (method === 'GET' || method === 'HEAD') return null;
  if (headers.origin !== `http://${host}`)
    return 'Only the page of the sandbox itself may do something here.';
  const [type] = (headers['content-type'] ?? '').split(';');
  return type === 'application/json' ? null : 'An act is sent as application/json.';
}
