import type { TLSSocket } from 'node:tls';
import { Agent, buildConnector, DecoratorHandler, type Dispatcher, request } from 'undici';
import { type NetworkFailure, networkFailure } from './network-failure.ts';

/** Limit of an answer. The largest documented one, 5,000 analytics rows, stays well below. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

const CONNECT_TIMEOUT_MS = 10_000;

export interface Attempt {
  method: 'GET' | 'POST' | 'DELETE';
  url: string;
  headers: Record<string, string>;
  body: string | null;
  timeoutMs: number;
}

/** Result of an attempt. Anything but an HTTP answer is a `failure`. */
export type Outcome =
  | {
      kind: 'answer';
      status: number;
      contentType: string;
      location: string | null;
      retryAfter: string | null;
      /** The server's clock. */
      date: string | null;
      body: string;
    }
  | ({ kind: 'failure' } & NetworkFailure);

export interface Certificate {
  /** Epoch ms UTC. */
  validTo: number;
}

export interface Transport {
  /** Calls `onSent` when the request is written to a connection, not when it starts waiting for one. */
  send(attempt: Attempt, onSent: () => void): Promise<Outcome>;
  /** Certificate of the newest TLS connection; null before the first one and over plain HTTP. */
  certificate(): Certificate | null;
  close(): Promise<void>;
}

/** Plain HTTP without redirects, retries or cookies, with a time limit for the attempt and a size limit for the body. */
export function createTransport(options: { ca: string | null }): Transport {
  let certificate: Certificate | null = null;
  const connect = buildConnector({
    timeout: CONNECT_TIMEOUT_MS,
    // A resumed TLS session shows no certificate.
    maxCachedSessions: 0,
    ...(options.ca ? { ca: options.ca } : {}),
  });
  const agent = new Agent({
    maxResponseSize: MAX_BODY_BYTES,
    connect: (target, callback) =>
      connect(target, (...result) => {
        if (result[1] && target.protocol === 'https:') certificate = readCertificate(result[1] as TLSSocket);
        callback(...result);
      }),
  });
  return {
    certificate: () => certificate,
    close: () => agent.destroy(),
    async send({ method, url, headers, body, timeoutMs }, onSent) {
      try {
        const signal = AbortSignal.timeout(timeoutMs);
        const dispatcher = agent.compose(noteSent(onSent));
        const response = await request(url, { method, headers, body, dispatcher, signal });
        return {
          kind: 'answer',
          status: response.statusCode,
          contentType: first(response.headers['content-type']) ?? '',
          location: first(response.headers.location),
          retryAfter: first(response.headers['retry-after']),
          date: first(response.headers.date),
          body: await response.body.text(),
        };
      } catch (error) {
        const limits = { timeoutMs, connectTimeoutMs: CONNECT_TIMEOUT_MS, maxBodyBytes: MAX_BODY_BYTES };
        return { kind: 'failure', ...networkFailure(error, limits) };
      }
    },
  };
}

const noteSent =
  (onSent: () => void): Dispatcher.DispatcherComposeInterceptor =>
  (dispatch) =>
  (options, handler) =>
    dispatch(options, new SentHandler(handler, onSent));

class SentHandler extends DecoratorHandler {
  readonly #onSent: () => void;
  readonly #handler: Dispatcher.DispatchHandler;

  constructor(handler: Dispatcher.DispatchHandler, onSent: () => void) {
    super(handler);
    this.#handler = handler;
    this.#onSent = onSent;
  }

  onRequestStart(controller: Dispatcher.DispatchController, context: object): void {
    this.#onSent();
    this.#handler.onRequestStart?.(controller, context);
  }
}

function readCertificate(socket: TLSSocket): Certificate | null {
  const validTo = Date.parse(socket.getPeerCertificate().valid_to ?? '');
  return Number.isNaN(validTo) ? null : { validTo };
}

const first = (header: string | string[] | undefined): string | null =>
  (Array.isArray(header) ? header[0] : header) ?? null;
