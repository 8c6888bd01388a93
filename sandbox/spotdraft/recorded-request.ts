import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Workspace } from './model.ts';
import { type Match, matchPath, type OperationId } from './operations.ts';

export interface RecordedRequest {
  /** Arrival of the headers: monotonic ms with fractions (`performance.now()`). */
  at: number;
  /** Key of the credentials' workspace; null when the credentials are invalid. */
  workspace: string | null;
  method: string;
  /** The path as received, without the query. */
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: string;
  operation: OperationId | null;
  /** HTTP status; null while no response has been sent. */
  status: number | null;
}

export function recordRequest(
  request: IncomingMessage,
  at: number,
  workspace: Workspace | null,
): { record: RecordedRequest; match: Match } {
  const method = request.method ?? 'GET';
  // URL would normalise the path, which must be exact.
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
