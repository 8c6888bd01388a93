import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Delivery, DeliveryOutcome, Retry } from './attempt.ts';
import type { DisconnectReason } from './contract.ts';
import type { Journal } from './journal.ts';
import { isFields } from './validation.ts';
import { parseJson } from './web-api.ts';
import { APP_ID } from './workspace.ts';

const MAX_CONNECTIONS = 10;
/** Time between Slack's warning and the end of the connection. */
const WARNING_MS = 10_000;
const PING_EVERY_MS = 10_000;
const GOODBYE_MS = 300;

export interface SocketMode {
  /** Creates a URL for one connection. */
  url(host: string): string;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  connections(): number;
  /** Sends a payload to the connections in turn and waits until its envelope is acknowledged. */
  send(delivery: Delivery, limitMs: number, retry: Retry | null): Promise<DeliveryOutcome>;
  disconnect(reason: DisconnectReason): void;
  drop(): void;
  /** Sends a frame as it is to every connection. */
  sendRaw(text: string): void;
  /** Closes every connection and terminates those that do not answer. */
  stop(): Promise<void>;
}

/** Slack's side of Socket Mode (https://docs.slack.dev/apis/events-api/using-socket-mode). */
export function createSocketMode(journal: Journal): SocketMode {
  const server = new WebSocketServer({ noServer: true });
  const tickets = new Set<string>();
  const open = new Set<WebSocket>();
  // Asked to disconnect: still connected, but they receive nothing more.
  const leaving = new Set<WebSocket>();
  const timers = new Set<NodeJS.Timeout>();
  const pending = new Map<string, (outcome: DeliveryOutcome) => void>();
  let turn = 0;

  const pings = setInterval(() => {
    for (const socket of open) socket.ping();
  }, PING_EVERY_MS);
  pings.unref();

  function welcome(socket: WebSocket): void {
    socket.on('error', () => {});
    if (open.size >= MAX_CONNECTIONS) {
      sendJson(socket, disconnectMessage('too_many_websockets'));
      socket.close(1000);
      return;
    }
    open.add(socket);
    socket.on('message', (data) => acknowledge(String(data)));
    socket.on('close', () => {
      open.delete(socket);
      leaving.delete(socket);
      journal.note({ kind: 'connection', via: 'slack', text: `closed, ${open.size} open` });
    });
    sendJson(socket, helloMessage(open.size));
    journal.note({ kind: 'connection', via: 'slack', text: `opened, ${open.size} open` });
  }

  function acknowledge(text: string): void {
    const message = parseJson(text);
    if (!isFields(message)) return;
    const settle = pending.get(String(message.envelope_id));
    if (!settle) return;
    const { payload } = message;
    const isEmpty = payload === undefined || (isFields(payload) && Object.keys(payload).length === 0);
    settle({ kind: 'acked', status: null, body: isEmpty ? '' : JSON.stringify(payload) });
  }

  return {
    url(host) {
      const ticket = randomBytes(16).toString('hex');
      tickets.add(ticket);
      return `ws://${host}/link/?ticket=${ticket}&app_id=${APP_ID}`;
    },
    upgrade(request, socket, head) {
      const ticket = new URL(request.url ?? '/', 'http://localhost').searchParams.get('ticket') ?? '';
      if (!tickets.delete(ticket)) {
        socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      server.handleUpgrade(request, socket, head, welcome);
    },
    connections: () => open.size,
    send(delivery, limitMs, retry) {
      const ready = [...open].filter((socket) => !leaving.has(socket) && socket.readyState === socket.OPEN);
      const socket = ready[turn++ % Math.max(ready.length, 1)];
      if (!socket) return Promise.resolve({ kind: 'unreachable' });
      const id = randomUUID();
      sendJson(socket, envelope(id, delivery, retry));
      return new Promise((resolve) => {
        const timer = setTimeout(() => settle({ kind: 'timeout' }), limitMs);
        timers.add(timer);
        function settle(outcome: DeliveryOutcome): void {
          clearTimeout(timer);
          timers.delete(timer);
          pending.delete(id);
          resolve(outcome);
        }
        pending.set(id, settle);
      });
    },
    disconnect(reason) {
      for (const socket of open) {
        sendJson(socket, disconnectMessage(reason));
        if (reason !== 'warning') leaving.add(socket);
        const timer = setTimeout(() => socket.close(1000), WARNING_MS);
        timer.unref();
        timers.add(timer);
      }
    },
    drop() {
      for (const socket of open) socket.terminate();
    },
    sendRaw(text) {
      for (const socket of open) socket.send(text);
    },
    async stop() {
      clearInterval(pings);
      for (const settle of [...pending.values()]) settle({ kind: 'unreachable' });
      for (const timer of timers) clearTimeout(timer);
      const closed = [...open].map((socket) => once(socket, 'close'));
      for (const socket of open) socket.close(1001);
      await Promise.race([Promise.all(closed), sleep(GOODBYE_MS)]);
      for (const socket of open) socket.terminate();
      server.close();
    },
  };
}

function sendJson(socket: WebSocket, message: object): void {
  socket.send(JSON.stringify(message));
}

function helloMessage(connections: number): object {
  return {
    type: 'hello',
    num_connections: connections,
    connection_info: { app_id: APP_ID },
    debug_info: { host: 'simulated', build_number: 1, approximate_connection_time: 18_060 },
  };
}

function disconnectMessage(reason: DisconnectReason): object {
  return { type: 'disconnect', reason, debug_info: { host: 'simulated' } };
}

function envelope(id: string, delivery: Delivery, retry: Retry | null): object {
  const isEvent = delivery.kind === 'events_api';
  return {
    envelope_id: id,
    type: delivery.kind,
    accepts_response_payload: !isEvent,
    payload: delivery.payload,
    ...(isEvent ? { retry_attempt: retry?.attempt ?? 0, retry_reason: retry?.reason ?? '' } : {}),
  };
}
