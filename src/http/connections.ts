import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** How long a client may take to read an answer that is complete, ms. */
const READ_MS = 10_000;
/** Interval between looks at them, ms. */
const LOOK_MS = 1_000;

/**
 * Requests of a connection that are no deliveries or reports. A client that sends more of them than it reads answers costs at most
 * so many at a time; any other client opens its next connection.
 */
const MAX_READS = 200;

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  /** When its answer was first seen complete and unread, ms of the monotonic clock; null: not yet. */
  unreadSince: number | null;
}

/**
 * Limits the open connections of a server. When places run out, the connection goes that has been waiting for its sender for
 * the longest: first those that sent nothing or finished a request, then those that are still sending one or do not read their
 * answer. A request that has arrived keeps its place. A client that does not read its answer for 10 s is cut.
 */
export function limitConnections(server: Server, places: number): void {
  // In the order in which the wait began.
  const silent = new Set<Socket>();
  const sending = new Map<Socket, Exchange>();
  const reads = new WeakMap<Socket, number>();
  let open = 0;
  server.on('connection', (socket: Socket) => {
    open += 1;
    silent.add(socket);
    socket.once('close', () => {
      open -= 1;
      silent.delete(socket);
      sending.delete(socket);
    });
    if (open <= places) return;
    silent.delete(socket);
    const waitsLongest = silent.values().next().value ?? unfinished(sending) ?? socket;
    if (waitsLongest !== socket) silent.add(socket);
    waitsLongest.destroy();
  });
  const looking = setInterval(() => cutSlowReaders(sending, performance.now()), LOOK_MS);
  looking.unref();
  server.once('close', () => clearInterval(looking));
  // Before the answer: some are sent at once.
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    if (request.method !== 'POST') {
      const count = (reads.get(socket) ?? 0) + 1;
      reads.set(socket, count);
      if (count === MAX_READS) response.setHeader('connection', 'close');
      // It was told to close its connection, and goes on.
      if (count > MAX_READS) return void socket.destroy();
    }
    silent.delete(socket);
    sending.set(socket, { request, response, unreadSince: sending.get(socket)?.unreadSince ?? null });
    response.once('close', () => {
      sending.delete(socket);
      if (!socket.destroyed) silent.add(socket);
    });
  });
}

/** The first connection whose request has not arrived completely, or whose answer waits to be read. */
function unfinished(sending: ReadonlyMap<Socket, Exchange>): Socket | null {
  // A request without a body ends without an event.
  for (const [socket, { request, response }] of sending)
    if (!request.complete || response.writableEnded) return socket;
  return null;
}

function cutSlowReaders(sending: ReadonlyMap<Socket, Exchange>, now: number): void {
  for (const [socket, exchange] of sending) {
    if (!exchange.response.writableEnded) continue;
    exchange.unreadSince ??= now;
    if (now - exchange.unreadSince >= READ_MS) socket.destroy();
  }
}
