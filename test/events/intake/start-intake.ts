import { Secret } from '../../../src/config/secret.ts';
import { type Receiver, type ReceiverOptions, startReceiver } from '../log/start-receiver.ts';

export const tokens = { prod: 'prod-token-8c1f60', uat: 'uat-token-51d0aa' };

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  json: {
    accepted?: number;
    duplicates?: number;
    refused?: { line: number; reason: string }[];
    refusedCount?: number;
    judged?: number;
    unreadFrom?: number | null;
    error?: string;
    requestId?: string;
  };
}

export interface ReportOptions {
  environment?: string;
  /** null sends no such header; default: the valid token. */
  token?: string | null;
  headers?: Record<string, string>;
}

export interface Intake extends Receiver {
  report(kind: 'calls' | 'outcomes', body: string | Buffer, how?: ReportOptions): Promise<Answer>;
}

/** Starts the whole program with intake in both environments. */
export async function startIntake(setting: ReceiverOptions = {}): Promise<Intake> {
  const receiver = await startReceiver({
    adjust: (config) => ({
      ...config,
      environments: config.environments.map((environment) => ({
        ...environment,
        intake: { token: new Secret(environment.name === 'uat' ? tokens.uat : tokens.prod) },
      })),
    }),
    ...setting,
  });
  return {
    ...receiver,
    async report(kind, body, { environment = 'prod', token = tokens.prod, headers = {} } = {}) {
      const response = await fetch(`${receiver.url}/v1/${environment}/${kind}`, {
        method: 'POST',
        body: typeof body === 'string' ? body : new Uint8Array(body),
        headers: {
          'content-type': 'application/x-ndjson',
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...headers,
        },
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, text, json: text ? JSON.parse(text) : {} };
    },
  };
}

/** A valid call line; `undefined` leaves a field out. */
export const call = (id: unknown, more: object = {}): string =>
  JSON.stringify({
    id,
    at: new Date(Date.now() - 60_000).toISOString(),
    method: 'GET',
    path: '/contracts/4711/',
    status: 200,
    ...more,
  });

export const outcome = (id: unknown, more: object = {}): string =>
  JSON.stringify({
    id,
    at: new Date(Date.now() - 60_000).toISOString(),
    status: 'processed',
    eventId: 'E-1',
    ...more,
  });

export const numbered = (count: number, make: (index: number) => string): string[] =>
  Array.from({ length: count }, (_, index) => make(index));
