import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'undici';
import { onTestFinished } from 'vitest';
import {
  type SimulatedSpotDraft,
  type SpotDraftOptions,
  startSpotDraft,
} from '../../../sandbox/spotdraft/server.ts';
import type { Workspace } from '../../../sandbox/spotdraft/workspace.ts';

export interface Response {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** The parsed text; undefined when it is empty. Throws when it is not JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests read fields that they assert
  json: any;
}

type CallOptions = { headers?: Record<string, string>; body?: unknown };
export type Call = (method: string, path: string, options?: CallOptions) => Promise<Response>;

/** Starts a server that stops after the test. Default rate limit: too high to matter. */
export async function start(
  workspaces: Workspace[],
  options: Omit<SpotDraftOptions, 'workspaces'> = {},
): Promise<SimulatedSpotDraft> {
  const server = await startSpotDraft({ requestsPerSecond: 1_000, ...options, workspaces });
  onTestFinished(() => server.stop());
  return server;
}

/** Calls paths below the base URL with the workspace's credentials. A string body is sent as it is, any other as JSON. */
export function callerOf(server: SimulatedSpotDraft, workspace: Workspace): Call {
  return async (method, path, { headers, body } = {}) => {
    const response = await request(server.baseUrl + path, {
      method: method as 'GET',
      headers: {
        'client-id': workspace.clientId,
        'client-secret': workspace.clientSecret,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined || typeof body === 'string' ? (body ?? null) : JSON.stringify(body),
    });
    const text = await response.body.text();
    return {
      status: response.statusCode,
      headers: response.headers as IncomingHttpHeaders,
      text,
      get json() {
        return text === '' ? undefined : JSON.parse(text);
      },
    };
  };
}

/** Starts a server with only this workspace. */
export async function startWith(
  workspace: Workspace,
  options: Omit<SpotDraftOptions, 'workspaces'> = {},
): Promise<{ server: SimulatedSpotDraft; call: Call }> {
  const server = await start([workspace], options);
  return { server, call: callerOf(server, workspace) };
}
