import type { IncomingMessage, ServerResponse } from 'node:http';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { Logger } from 'pino';
import { limitConnections } from './connections.ts';
import { type Intake, intakeRoutes } from './intake.ts';
import type { Metrics } from './metrics/metrics.ts';
import { bodyOf, isSigned, type Misaddressed } from './misaddressed.ts';
import { MAX_BODY_BYTES, takeBodies } from './requests.ts';
import { shared } from './shared.ts';
import { type WebhookReceivers, webhookReceivers } from './webhooks.ts';

/** Probes of the parts that must work for the program to be ready. Each returns a problem, or null. */
export type ReadinessProbes = Record<string, () => Promise<string | null> | string | null>;

/** A path with a listener that needs the body as it came. */
interface Mounted {
  path: string;
  listener(request: IncomingMessage, response: ServerResponse, body: Buffer): void;
}

export interface ServerOptions {
  logger: Logger;
  readiness: ReadinessProbes;
  /** Details that `/readyz` also shows. None makes the program unready: it is useful even when a channel rejects messages. */
  details: Record<string, () => Promise<unknown>>;
  /** A path whose requests another library reads from the socket. */
  mounted: Mounted | null;
  /** Addresses and ranges of the proxies whose X-Forwarded-For is believed. */
  trustProxy: string[];
  receivers: WebhookReceivers;
  intake: Intake;
  metrics: Metrics;
}

/** Connection limit: with a body of 1 MiB each, the memory that a small machine can spare. */
const MAX_CONNECTIONS = 500;

/** Time limit of a request, ms. */
const REQUEST_MS = 10_000;
/** How long a connection may be open without the head of a request, ms. */
const SILENT_MS = 5_000;
/** Interval between looks at these limits, ms. The server's own is 30 s. */
const CHECK_MS = 1_000;

/** The HTTP server: webhooks, intake, health, metrics, and Slack's requests in HTTP mode. */
export function createServer({
  logger,
  readiness,
  details,
  mounted,
  trustProxy,
  receivers,
  intake,
  metrics,
}: ServerOptions): FastifyInstance {
  const server: FastifyInstance = Fastify({
    loggerInstance: logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    // All requests share one logger: a child per request would cost more than the rest of a delivery.
    childLoggerFactory: (parent) => parent,
    trustProxy,
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_MS,
    http: { headersTimeout: SILENT_MS, connectionsCheckingInterval: CHECK_MS },
    forceCloseConnections: true,
    // Harmless spellings of an address in a webhook's settings: /Webhooks/prod, //webhooks/prod, /webhooks/prod/.
    routerOptions: { caseSensitive: false, ignoreTrailingSlash: true, ignoreDuplicateSlashes: true },
    frameworkErrors: (_error, request, reply) => void receivers.misaddressed.notFound(request, reply),
  });
  limitConnections(server.server, MAX_CONNECTIONS);
  // A request for no address is read only when it is a signed delivery.
  takeBodies(server, null);
  server.setNotFoundHandler((request, reply) => receivers.misaddressed.notFound(request, reply));
  server.get('/healthz', async () => ({ status: 'ok' }));
  const readState = shared(() => stateOf(readiness, details));
  server.get('/readyz', async (_request, reply) => {
    const state = await readState();
    return reply.code(state.status === 'ready' ? 200 : 503).send(state);
  });
  const scrape = shared(() => metrics.scrape());
  server.get('/metrics', async (_request, reply) => {
    const { contentType, text } = await scrape();
    return reply.type(contentType).send(text);
  });
  if (mounted) server.register((scope) => mount(scope, mounted, receivers.misaddressed));
  server.register((scope) => webhookReceivers(scope, receivers));
  server.register((scope) => intakeRoutes(scope, intake, receivers.misaddressed));
  return server;
}

async function stateOf(
  readiness: ServerOptions['readiness'],
  details: ServerOptions['details'],
): Promise<{ status: 'ready' | 'not ready' }> {
  const parts = await Promise.all(
    Object.entries(readiness).map(async ([name, probe]) => [name, (await probe()) ?? 'ok'] as const),
  );
  const shown = await Promise.all(
    Object.entries(details).map(async ([name, read]) => [name, await read().catch(() => 'unknown')] as const),
  );
  return {
    status: parts.every(([, state]) => state === 'ok') ? 'ready' : 'not ready',
    ...Object.fromEntries(parts),
    ...Object.fromEntries(shown),
  };
}

async function mount(
  scope: FastifyInstance,
  { path, listener }: Mounted,
  misaddressed: Misaddressed,
): Promise<void> {
  takeBodies(scope, null);
  scope.post(path, async (request, reply) => {
    // Slack has a header of its own.
    if (isSigned(request)) return misaddressed.notFound(request, reply);
    const body = await bodyOf(request.raw);
    if (body === null) return reply.code(413).send();
    reply.hijack();
    try {
      listener(request.raw, reply.raw, body);
    } catch (error) {
      request.log.warn({ err: error }, 'request from Slack not handled');
      reply.raw.writeHead(400).end();
    }
  });
}
