import type { TLSSocket } from 'node:tls';
import { Agent, buildConnector, DecoratorHandler, type Dispatcher, errors, request } from 'undici';

/** The biggest documented answer, 5,000 analytics rows, stays well below this. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

const CONNECT_TIMEOUT_MS = 10_000;

export interface Attempt {
  method: 'GET' | 'POST' | 'DELETE';
  url: string;
  headers: Record<string, string>;
  body: string | null;
  timeoutMs: number;
}

/** What came back over the wire. Anything that is not an HTTP answer is a `failure`. */
export type Outcome =
  | {
      kind: 'answer';
      status: number;
      contentType: string;
      location: string | null;
      retryAfter: string | null;
      body: string;
    }
  | { kind: 'failure'; code: 'timeout' | 'network' | 'certificate' | 'too_large'; detail: string };

export interface Certificate {
  /** Epoch ms UTC. */
  validTo: number;
}

export interface Transport {
  /** `onSent` is called when the request is written to a connection, not when it begins to wait for one. */
  send(attempt: Attempt, onSent: () => void): Promise<Outcome>;
  /** Of the newest TLS connection; null before the first one and over plain HTTP. */
  certificate(): Certificate | null;
  close(): Promise<void>;
}

/** HTTP with nothing added: no redirects, no retries, no cookies; a time limit on the whole attempt and a cap on the body. */
export function createTransport(options: { ca: string | null }): Transport {
  let certificate: Certificate | null = null;
  const connect = buildConnector({
    timeout: CONNECT_TIMEOUT_MS,
    // A resumed session shows no certificate.
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
          body: await response.body.text(),
        };
      } catch (error) {
        return failure(error, timeoutMs);
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

/** OpenSSL's verification results as Node names them in `error.code`. */
const certificateCode =
  /^(?:CERT_|ERR_TLS_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|INVALID_CA)/;

function failure(error: unknown, timeoutMs: number): Outcome {
  if (error instanceof errors.ResponseExceededMaxSizeError)
    return { kind: 'failure', code: 'too_large', detail: `answer over ${MAX_BODY_BYTES / 1024 / 1024} MiB` };
  if (error instanceof Error && error.name === 'TimeoutError')
    return { kind: 'failure', code: 'timeout', detail: `no answer within ${timeoutMs / 1000} s` };
  const code = errorCode(error);
  // Without a code it is no network error but a mistake in this program, which must not pass for one.
  if (code === null) throw error;
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT')
    return {
      kind: 'failure',
      code: 'timeout',
      detail: `no connection within ${CONNECT_TIMEOUT_MS / 1000} s`,
    };
  if (certificateCode.test(code)) return { kind: 'failure', code: 'certificate', detail: code };
  return { kind: 'failure', code: 'network', detail: networkWords[code] ?? code };
}

function errorCode(error: unknown): string | null {
  if (error instanceof AggregateError) return errorCode(error.errors[0]);
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return null;
  return error.code;
}

const networkWords: Record<string, string> = {
  ENOTFOUND: 'the host name does not resolve (ENOTFOUND)',
  EAI_AGAIN: 'the host name could not be looked up (EAI_AGAIN)',
  ECONNREFUSED: 'connection refused (ECONNREFUSED)',
  ECONNRESET: 'connection reset (ECONNRESET)',
  UND_ERR_SOCKET: 'connection closed before the answer was complete',
  EPROTO: 'no TLS on the other side (EPROTO)',
  ERR_SSL_WRONG_VERSION_NUMBER: 'no TLS on the other side (ERR_SSL_WRONG_VERSION_NUMBER)',
};
