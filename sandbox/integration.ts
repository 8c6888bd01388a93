import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Workspace } from './spotdraft/workspace.ts';

/** A request that reached a receiver, with the answer's status. */
export interface ReceivedWebhook {
  /** Key of the receiver's workspace. */
  receiver: string;
  status: number;
  headers: IncomingMessage['headers'];
  body: string;
}

/** Northwind's own integration: one receiver per workspace, which verifies signatures as SpotDraft documents. */
export interface SimulatedIntegration {
  /** URL of a workspace's receiver. */
  urlOf(key: string): string;
  /** By receiver: the workspace whose key it verifies with. At the start, its own; a mistake sets another. */
  verifiesWith: Map<string, string>;
  /** All requests, in order of arrival. */
  received: ReceivedWebhook[];
  stop(): Promise<void>;
}

const PATH = '/spotdraft/';

/** Starts the receivers on the loopback interface. A wrong signature gets 401. */
export async function startIntegration(workspaces: readonly Workspace[]): Promise<SimulatedIntegration> {
  const verifiesWith = new Map(workspaces.map(({ key }) => [key, key]));
  const received: ReceivedWebhook[] = [];
  const keyOf = (receiver: string): string | undefined =>
    workspaces.find(({ key }) => key === verifiesWith.get(receiver))?.hmacKey;

  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const receiver = request.url?.slice(PATH.length) ?? '';
    const key = keyOf(receiver);
    const status =
      key === undefined ? 404 : fits(key, body, request.headers['x-sd-webhook-content-hash']) ? 200 : 401;
    received.push({ receiver, status, headers: request.headers, body: body.toString() });
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    urlOf: (key) => `http://127.0.0.1:${port}${PATH}${key}`,
    verifiesWith,
    received,
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function fits(hmacKey: string, body: Buffer, signature: string | string[] | undefined): boolean {
  const expected = createHmac('sha512', Buffer.from(hmacKey, 'base64')).update(body).digest('hex');
  const given = Buffer.from(String(signature));
  return given.length === expected.length && timingSafeEqual(given, Buffer.from(expected));
}
