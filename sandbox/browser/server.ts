import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { ActionError, actions } from './actions.ts';
import { type Manifest, readManifest } from './manifest.ts';
import { renderDocument, renderPage } from './page/page.ts';
import type { Sandbox } from './state.ts';
import { findUpload, imageType } from './uploads.ts';
import { readView, type View } from './view.ts';

/** Interval at which a window's page is rendered and compared with what was last sent, ms. */
const REFRESH_MS = 150;
const MAX_BODY_BYTES = 256 * 1024;

const assets: Record<string, { file: string; type: string }> = {
  '/assets/style.css': { file: local('./assets/style.css'), type: 'text/css; charset=utf-8' },
  '/assets/client.js': { file: local('./assets/client.js'), type: 'text/javascript; charset=utf-8' },
  '/assets/idiomorph.js': {
    file: fileURLToPath(import.meta.resolve('idiomorph/dist/idiomorph.esm.js')),
    type: 'text/javascript; charset=utf-8',
  },
};

export interface PageServer {
  /** `http://127.0.0.1:PORT` */
  url: string;
  stop(): Promise<void>;
}

/** Serves the page on loopback. It accepts only requests from its own page. @param port 0 takes any free port */
export async function startPageServer(sandbox: Sandbox, port: number): Promise<PageServer> {
  const manifest = readManifest();
  const server = createServer((request, response) => {
    answer(sandbox, manifest, request, response).catch((error: unknown) => {
      const known = error instanceof ActionError;
      // A defect of the sandbox is shown on the terminal as well as in the page.
      if (!known) console.error('sandbox:', error);
      const message = error instanceof Error ? error.message : String(error);
      if (response.headersSent) response.destroy();
      else send(response, known ? 400 : 500, 'application/json', JSON.stringify({ error: message }));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  sandbox: Sandbox,
  manifest: Manifest,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const refusal = refusalReason(request);
  if (refusal !== null) return send(response, 403, 'text/plain', refusal);
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
  const asset = Object.hasOwn(assets, pathname) ? assets[pathname] : undefined;
  if (request.method === 'POST' && pathname.startsWith('/do/'))
    return performAction(sandbox, manifest, pathname.slice('/do/'.length), request, response);
  if (request.method !== 'GET') return send(response, 405, 'text/plain', 'This address supports GET only.');
  if (asset) return send(response, 200, asset.type, readFileSync(asset.file));
  if (pathname.startsWith('/files/')) return sendUpload(sandbox, pathname.slice('/files/'.length), response);
  if (pathname === '/live') return live(sandbox, manifest, readView(searchParams), response);
  if (pathname !== '/') return send(response, 404, 'text/plain', 'Not found.');
  const page = renderDocument(renderPage(sandbox, readView(searchParams), manifest));
  send(response, 200, 'text/html; charset=utf-8', page.markup);
}

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * The reason to refuse a request; null when it is accepted. Listening on loopback keeps other machines out. This keeps
 * out other pages in the same browser: a name of theirs that resolves here (DNS rebinding), and a form or script that
 * posts here.
 */
function refusalReason({ method, headers, socket }: IncomingMessage): string | null {
  const host = headers.host ?? '';
  const url = URL.canParse(`http://${host}`) ? new URL(`http://${host}`) : null;
  if (
    !url ||
    url.host !== host.toLowerCase() ||
    !LOOPBACK.has(url.hostname) ||
    Number(url.port) !== socket.localPort
  )
    return `Open the sandbox at 127.0.0.1:${socket.localPort}, not at “${host}”.`;
  if (method === 'GET' || method === 'HEAD') return null;
  if (headers.origin !== `http://${host}`) return 'Only the sandbox’s own page can perform actions.';
  const [type] = (headers['content-type'] ?? '').split(';');
  return type === 'application/json' ? null : 'Send actions as application/json.';
}

function sendUpload(sandbox: Sandbox, id: string, response: ServerResponse): void {
  const file = findUpload(sandbox, id);
  if (!file) {
    send(response, 404, 'text/plain', 'This file does not exist.');
    return;
  }
  // An uploaded HTML page must not run with the rights of the sandbox's page.
  const type = imageType(file);
  if (type === null) response.setHeader('content-disposition', 'attachment');
  send(response, 200, type ?? 'application/octet-stream', Buffer.from(file.bytes));
}

async function performAction(
  sandbox: Sandbox,
  manifest: Manifest,
  name: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (!action) return send(response, 404, 'text/plain', `There is no action “${name}”.`);
  let input: unknown;
  try {
    input = JSON.parse(await readBody(request));
  } catch (error) {
    throw new ActionError(`Invalid input: ${error instanceof Error ? error.message : String(error)}`);
  }
  await action(input, { sandbox, command: manifest.command });
  send(response, 200, 'application/json', '{}');
}

/** Sends the page to a window now and after every change, until the window closes. */
function live(sandbox: Sandbox, manifest: Manifest, view: View, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  let last = '';
  const refresh = () => {
    const { markup } = renderPage(sandbox, view, manifest);
    if (markup === last) return;
    last = markup;
    response.write(`event: page\ndata: ${JSON.stringify(markup)}\n\n`);
  };
  refresh();
  const timer = setInterval(refresh, REFRESH_MS);
  response.once('close', () => clearInterval(timer));
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new Error(`over ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Forbids loading anything from elsewhere and embedding in another page. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

function send(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  response.writeHead(status, {
    'content-type': type,
    'cache-control': 'no-store',
    'content-security-policy': POLICY,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  });
  response.end(body);
}

function local(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
