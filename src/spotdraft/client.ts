import type { Secret } from '../config/secret.ts';
import { randomId } from '../text/ids.ts';
import type { Clock } from '../time/clock.ts';
import type { FarClocks } from '../time/far-clocks.ts';
import { type RetryPolicy, sendOnce, sendUrgently, sendWithRetries } from './attempts.ts';
import { type Endpoint, type EndpointId, endpoints, type LookId, looks } from './endpoints.ts';
import type { Fact, Source, UnknownCode } from './fact.ts';
import { interpret } from './interpret.ts';
import { interpretWrite, type WriteOutcome } from './interpret-write.ts';
import type { Pace } from './pace.ts';
import type { Attempt, Certificate, Outcome, Transport } from './transport.ts';
import { type Write, type WriteId, writes } from './writes.ts';

const reads = { ...endpoints, ...looks };
type ReadId = EndpointId | LookId;
type Parameters<K extends ReadId> = (typeof reads)[K] extends Endpoint<infer P, unknown> ? P : never;
type Value<K extends ReadId> = (typeof reads)[K] extends Endpoint<never, infer V> ? V : never;
type WriteParameters<K extends WriteId> = (typeof writes)[K] extends Write<infer P, unknown> ? P : never;
type Written<K extends WriteId> = (typeof writes)[K] extends Write<never, infer V> ? V : never;

/** An entry in the log of API calls. */
export interface ApiCall extends Source {
  environment: string;
  /** null when the answer could be used. */
  failure: UnknownCode | null;
  /** True for a read of one contract for a person who waits. */
  isLook: boolean;
}

/** The reading half of the client, for checks. It cannot change anything. */
export interface SpotDraftReader {
  /** Reads one endpoint. Failures of SpotDraft or the network give an unknown fact and never throw. */
  read<K extends ReadId>(endpoint: K, parameters: Parameters<K>): Promise<Fact<Value<K>>>;
  /** Certificate of the newest TLS connection to this host. */
  certificate(): Certificate | null;
}

export interface SpotDraftClient extends SpotDraftReader {
  /** Sends one write, once. Failures of SpotDraft or the network never throw. */
  write<K extends WriteId>(write: K, parameters: WriteParameters<K>): Promise<WriteOutcome<Written<K>>>;
}

/** Uses the timeouts of the endpoint table unchanged, ms. */
export const documentedTimeouts = (documented: number): number => documented;

export interface ClientOptions {
  environment: string;
  baseUrl: string;
  credentials: { clientId: Secret; clientSecret: Secret };
  userEmail: string | null;
  transport: Transport;
  pace: Pace;
  clock: Clock;
  farClocks: FarClocks;
  retry: RetryPolicy;
  /** Time limit of an attempt, derived from the one in the endpoint table; both in ms. */
  timeoutMs: (documented: number) => number;
  /** Must not throw: a failing log does not change what was read. */
  log: (call: ApiCall) => Promise<void>;
}

/** A client of one workspace. It can send what the three tables hold and nothing else. */
export function createSpotDraftClient(options: ClientOptions): SpotDraftClient {
  return {
    certificate: () => options.transport.certificate(),
    async read(id, parameters) {
      const endpoint = reads[id] as unknown as Endpoint<unknown, Value<typeof id>>;
      const attempt = buildAttempt(endpoint, parameters, options);
      const at = options.clock.now();
      const started = performance.now();
      const send = id in looks ? sendUrgently : sendWithRetries;
      const { outcome, attempts } = await send(attempt, options);
      noteClock(outcome, options);
      const source = sourceOf(attempt, outcome, { attempts, started, at });
      const fact = interpret(outcome, endpoint.schema, source, Object.values(options.credentials));
      await options.log({
        ...source,
        environment: options.environment,
        failure: fact.known ? null : fact.code,
        isLook: id in looks,
      });
      return fact;
    },
    async write(id, parameters) {
      const write = writes[id] as unknown as Write<unknown, Written<typeof id>>;
      const attempt = buildAttempt(write, parameters, options);
      const at = options.clock.now();
      const started = performance.now();
      const { outcome, sent } = await sendOnce(attempt, options);
      noteClock(outcome, options);
      const source = sourceOf(attempt, outcome, { attempts: 1, started, at });
      const secrets = [...Object.values(options.credentials), ...write.secrets(parameters)];
      const { written, failure } = interpretWrite(outcome, { write, sent, source, secrets });
      await options.log({ ...source, environment: options.environment, failure, isLook: false });
      return written;
    },
  };
}

function noteClock(outcome: Outcome, { farClocks }: ClientOptions): void {
  if (outcome.kind === 'answer') farClocks.note('SpotDraft', outcome.date);
}

const sourceOf = (
  { method, url }: Attempt,
  outcome: Outcome,
  { attempts, started, at }: { attempts: number; started: number; at: number },
): Source => ({
  callId: randomId('call'),
  method,
  path: loggedPath(url),
  status: outcome.kind === 'answer' ? outcome.status : null,
  attempts,
  ms: Math.round(performance.now() - started),
  at,
});

type Request<P> = Pick<
  Endpoint<P, unknown> | Write<P, unknown>,
  'method' | 'path' | 'body' | 'timeoutMs' | 'actAs'
> & { query?: (parameters: P) => Record<string, string> };

function buildAttempt<P>(endpoint: Request<P>, parameters: P, options: ClientOptions): Attempt {
  const query = endpoint.query ? `?${new URLSearchParams(endpoint.query(parameters))}` : '';
  const body = endpoint.body ? JSON.stringify(endpoint.body(parameters)) : null;
  const actAs = endpoint.actAs === 'user' && options.userEmail ? { 'user-email': options.userEmail } : {};
  return {
    method: endpoint.method,
    url: options.baseUrl + endpoint.path(parameters) + query,
    headers: {
      accept: 'application/json',
      'client-id': options.credentials.clientId.reveal(),
      'client-secret': options.credentials.clientSecret.reveal(),
      ...actAs,
      ...(body === null ? {} : { 'content-type': 'application/json' }),
    },
    body,
    timeoutMs: options.timeoutMs(endpoint.timeoutMs),
  };
}

/** Path and query without a person's address, because evidence is shown in channels and kept for months. */
function loggedPath(url: string): string {
  const { pathname, searchParams } = new URL(url);
  if (searchParams.has('user_email')) searchParams.set('user_email', '*');
  return searchParams.size > 0 ? `${pathname}?${decodeURIComponent(searchParams.toString())}` : pathname;
}
