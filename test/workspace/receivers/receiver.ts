import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { environmentFile, type StandOptions } from '../../environment.ts';

export interface Arrived {
  method: string | undefined;
  /** Path and query. */
  target: string | undefined;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** Answer of a receiver, from the number of earlier requests and the request. */
export type Answering = (response: ServerResponse, before: number, request: Arrived) => void;

export interface TestReceiver {
  /** `http://127.0.0.1:PORT/spotdraft` */
  url: string;
  port: number;
  arrived: Arrived[];
}

/** Starts a receiver that verifies nothing and answers as scripted. It stops after the test. */
export async function startReceiver(
  answering: Answering,
  serve: (listener: RequestListener) => ReturnType<typeof createServer> = createServer,
): Promise<TestReceiver> {
  const arrived: Arrived[] = [];
  const server = serve(async (request, response) => {
    const body = await buffer(request);
    const each = { method: request.method, target: request.url, headers: request.headers, body };
    arrived.push(each);
    answering(response, arrived.length - 1, each);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/spotdraft`, port, arrived };
}

/** Answers in order; the last one repeats. */
export const statuses =
  (...codes: number[]): Answering =>
  (response, before) =>
    void response.writeHead(codes[before] ?? codes.at(-1) ?? 200).end();

/** Production's config with this receiver only. */
export const withReceiver =
  (url: string, probe: 'signed' | 'none' = 'signed'): NonNullable<StandOptions['edit']> =>
  (file) => {
    environmentFile(file, 'prod').receivers = [{ name: 'crm-sync', url, probe }];
  };

/** Environment whose key signed a request, by SpotDraft's documented algorithm; null for none of these. */
export const signerOf = (
  { headers, body }: Pick<Arrived, 'headers' | 'body'>,
  workspaces: readonly { key: string; hmacKey: string }[],
): string | null =>
  workspaces.find(
    ({ hmacKey }) =>
      createHmac('sha512', Buffer.from(hmacKey, 'base64')).update(body).digest('hex') ===
      headers['x-sd-webhook-content-hash'],
  )?.key ?? null;
