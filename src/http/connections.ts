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
  const sending = new Set<Socket>();
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
    const waitsLongest = first(silent) ?? first(sending) ?? socket;
    if (waitsLongest !== socket) silent.add(socket);
    waitsLongest.destroy();
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    silent.delete(socket);
    sending.add(socket);
    request.once('end', () => sending.delete(socket));
    response.once('close', () => {
      sending.delete(socket);
      if (!socket.destroyed) silent.add(socket);
    });
  });
}

function first<Item>(items: Set<Item>): Item | null {
  for (const item of items) return item;
  return null;
}
