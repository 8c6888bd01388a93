import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Limits the open connections of a server. When places run out, the connection goes that has been waiting for its sender for
 * the longest: first those that sent nothing or finished a request, then those that are still sending one. A request that has
 * arrived keeps its place.
 */
export function limitConnections(server: Server, places: number): void {
  // In the order in which the wait began.
  const silent = new Set<Socket>();
  const sending = new Map<Socket, IncomingMessage>();
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
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    silent.delete(socket);
    sending.set(socket, request);
    response.once('close', () => {
      sending.delete(socket);
      if (!socket.destroyed) silent.add(socket);
    });
  });
}

/** The first connection whose request has not arrived completely. A request without a body ends without an event. */
function unfinished(sending: ReadonlyMap<Socket, IncomingMessage>): Socket | null {
  for (const [socket, { complete }] of sending) if (!complete) return socket;
  return null;
}
