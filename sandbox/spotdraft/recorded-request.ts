import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Workspace } from './model.ts';
import { type Match, matchPath, type OperationId } from './operations.ts';

export interface RecordedRequest {
  /** Monotonic ms (`performance.now()`), with fractions, when the headers had arrived. */
  at: number;
  /** Key of the workspace that the credentials open; null where they open none. */
  workspace: string | null;
  method: string;
  /** Without the query, as it came. */
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: string;
  operation: OperationId | null;
  /** Null: no response was sent, or not yet. */
  status: number | null;
}

export function recordRequest(
  request: IncomingMessage,
  at: number,
  workspace: Workspace | null,
): { record: RecordedRequest; match: Match } {
  const method = request.method ?? 'GET';
  // Not through URL: it would normalise what must arrive exactly.
  const [path = '', ...rest] = (request.url ?? '').split('?');
  const match = matchPath(method, path);
  const record: RecordedRequest = {
    at,
    workspace: workspace?.key ?? null,
    method,
    path,
    query: new URLSearchParams(rest.join('?')),
    headers: request.headers,
    body: '',
    operation: match.kind === 'operation' ? match.id : null,
    status: null,
  };
  return { record, match };
}
