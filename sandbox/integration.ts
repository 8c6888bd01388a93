import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Workspace } from './spotdraft/workspace.ts';

/** A request that reached a receiver, with the answer's status. */
export interface ReceivedWebhook {
  /** Key of the receiver's workspace, or `shared`. */
  receiver: string;
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A way in which a receiver verifies wrongly. */
export type ReceiverFault =
  /** A queue that takes everything and answers 202. */
  | 'answers_first'
  | 'skips_missing_signature'
  | 'any_signature'
  /** Hashes the JSON that it has parsed and serialised again. */
  | 'reserialises'
  | 'undecoded_key'
  /** Reads X-SD-CONTENT-HASH and does not decode the key, as an older document of SpotDraft says. */
  | 'older_header'
  /** The shared receiver does not say which environment it took a webhook for. */
  | 'names_no_environment';

/** Northwind's own integration: one receiver per workspace, which verifies signatures as SpotDraft documents. */
export interface SimulatedIntegration {
  /** URL of a workspace's receiver. */
  urlOf(key: string): string;
  /** URL of the one receiver that serves every workspace and keeps them apart by their keys. */
  sharedUrl: string;
  /** By receiver: the workspace whose key it verifies with. At the start, its own; a mistake sets another. */
  verifiesWith: Map<string, string>;
  /** Faults by receiver. */
  faults: Map<string, ReceiverFault>;
  /** All requests, in order of arrival. */
  received: ReceivedWebhook[];
  stop(): Promise<void>;
}

const PATH = '/spotdraft/';
export const SHARED = 'shared';

/** Starts the receivers on the loopback interface. A wrong signature gets 401. */
export async function startIntegration(workspaces: readonly Workspace[]): Promise<SimulatedIntegration> {
  const verifiesWith = new Map(workspaces.map(({ key }) => [key, key]));
  const faults = new Map<string, ReceiverFault>();
  const received: ReceivedWebhook[] = [];
  const servedBy = (receiver: string): Workspace[] =>
    receiver === SHARED
      ? [...workspaces]
      : workspaces.filter(({ key }) => key === verifiesWith.get(receiver));

  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const receiver = request.url?.slice(PATH.length) ?? '';
    const served = servedBy(receiver);
    const fault = faults.get(receiver) ?? null;
    const sender = served.find(({ hmacKey }) => accepts(fault, hmacKey, body, request.headers));
    const accepted = fault === 'answers_first' ? 202 : 200;
    const status = served.length === 0 ? 404 : sender ? accepted : 401;
    received.push({ receiver, status, headers: request.headers, body: body.toString() });
    if (receiver === SHARED && sender && fault !== 'names_no_environment')
      response.setHeader('x-envcheck-environment', sender.key);
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const urlOf = (key: string) => `http://127.0.0.1:${port}${PATH}${key}`;
  return {
    urlOf,
    sharedUrl: urlOf(SHARED),
    verifiesWith,
    faults,
    received,
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function accepts(
  fault: ReceiverFault | null,
  hmacKey: string,
  body: Buffer,
  headers: IncomingHttpHeaders,
): boolean {
  const key = Buffer.from(hmacKey, 'base64');
  const signature = headers['x-sd-webhook-content-hash'];
  switch (fault) {
    case 'answers_first':
      return true;
    case 'skips_missing_signature':
      return signature === undefined || fits(key, body, signature);
    case 'any_signature':
      return signature !== undefined;
    case 'reserialises':
      return fits(key, Buffer.from(JSON.stringify(JSON.parse(body.toString()))), signature);
    case 'undecoded_key':
      return fits(Buffer.from(hmacKey), body, signature);
    case 'older_header':
      return fits(Buffer.from(hmacKey), body, headers['x-sd-content-hash']);
    default:
      return fits(key, body, signature);
  }
}

function fits(key: Buffer, body: Buffer, signature: string | string[] | undefined): boolean {
  const expected = createHmac('sha512', key).update(body).digest('hex');
  const given = Buffer.from(String(signature));
  return given.length === expected.length && timingSafeEqual(given, Buffer.from(expected));
}
