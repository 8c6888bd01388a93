import { type Draw, pick } from './draws.ts';
import type { Names } from './oddities.ts';

export interface Asked {
  template: string;
  url: string;
  sent: string;
  draw: Draw;
  names: Names;
  /** Id of the workspace that asks. */
  workspaceId: number;
}

/**
 * Gives parts that the schemas leave open a shape that the bot can read in most cases, or no random answer would get beyond
 * the first reading: pages, ids of contracts, columns of an analytics query, feature flags.
 */
export function shaped(body: unknown, asked: Asked): unknown {
  const { template, sent, draw } = asked;
  if (template.endsWith('/analytics/query/')) return analytics(JSON.parse(sent).query, asked);
  if (template.endsWith('/feature-flags/'))
    return Object.fromEntries(
      JSON.parse(sent).flags.map((flag: string) => [
        flag,
        pick(draw, [true, true, false, null, 'true', { on: true }]),
      ]),
    );
  return isPage(body) && draw(8) > 0 ? page(body, asked) : body;
}

interface Page {
  page: unknown;
  limit: unknown;
  total_results: unknown;
  results: Record<string, unknown>[];
}

const isPage = (body: unknown): body is Page =>
  typeof body === 'object' && body !== null && 'results' in body && Array.isArray(body.results);

function page(body: Page, { template, url, draw, names, workspaceId }: Asked): Page {
  const query = new URL(url, 'http://mock').searchParams;
  const [number, limit] = [Number(query.get('page')), Number(query.get('limit'))];
  const results = number > 1 ? [] : body.results;
  if (template.endsWith('/contracts/'))
    for (const row of results) {
      if (draw(10) > 0) row.id = `${pick(draw, ['T', 'H'])}-${draw(90)}`;
      row.created = new Date(Date.now() - draw(40 * 86_400_000)).toISOString();
      if (draw(8) > 0) row.created_by_workspace = workspaceId;
    }
  else
    for (const row of results)
      if (draw(2) === 0) row.email = query.get('user_email') ?? pick(draw, names.email);
  return { ...body, page: number, limit, total_results: body.results.length, results };
}

/** Rows with the columns of the query. Every column is documented as nullable. */
function analytics(query: string, { draw, names, workspaceId }: Asked): object {
  const columns = (/^SELECT (.*?) FROM/i.exec(query)?.[1] ?? '').split(',').map((column) => column.trim());
  const cell = (column: string): unknown => {
    if (draw(6) === 0) return null;
    if (column === 'workspace_id') return draw(8) > 0 ? workspaceId : draw(5);
    if (column === 'status') return pick(draw, ['PUBLISHED', 'PUBLISHED', 'UNPUBLISHED', 'ARCHIVED', '']);
    if (column === 'type') return pick(draw, ['CREATOR_PARTY', 'COUNTER_PARTY']);
    if (/present$|^conditional/.test(column)) return draw(2) === 0;
    if (/^created$|published$/.test(column)) return new Date(draw(2 ** 31) * 1_000).toISOString();
    if (/id$|order$/.test(column)) return draw(5);
    return pick(draw, column === 'title' ? names.title : names.name);
  };
  const rows = Array.from({ length: draw(7) }, () =>
    // An absent column differs from null.
    Object.fromEntries(columns.filter(() => draw(12) > 0).map((column) => [column, cell(column)])),
  );
  return { columns, rows, row_count: rows.length, truncated: draw(12) === 0, execution_ms: draw(900) };
}

/** A documented failure, once in a while. After a 429 the bot pauses, which other tests are about. */
export function failure(draw: Draw, method: string, path: string): { status: number; text: string } | null {
  if (draw(16) > 0) return null;
  // Most checks need the key, the types and the members.
  if (/hmac_key|contract_types\/$|\/auth\//.test(path) && draw(3) > 0) return null;
  const reads = method === 'GET' || path.endsWith('/query/');
  const status = pick(draw, reads ? [404, 403, 400, 500, 501] : [404, 403, 500]);
  const detail = pick(draw, ['No.', '', null]);
  const body = { detail, status_code: status, code: 'SD_ODD_00001', message: detail };
  return { status, text: JSON.stringify(draw(4) === 0 ? {} : body) };
}
