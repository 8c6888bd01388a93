import { runQuery } from '../analytics-query.ts';
import { ApiError, json, parseObject } from '../answer.ts';
import type { Handler } from '../handler.ts';

export const analyticsQuery: Handler = ({ workspace, body, analyticsRowLimit }) => {
  if (workspace.analytics === 'not_enabled')
    throw new ApiError(501, 'The analytics query API is not enabled for this workspace.', 'SD_PUBLIC_00045');
  if (workspace.analytics === 'not_permitted')
    throw new ApiError(403, 'Rows of the whole workspace need the Admin role.', 'SD_PUBLIC_00044');
  const { query, user_scoped: userScoped } = parseObject(body);
  if (typeof query !== 'string') throw new ApiError(400, 'query must be a string.');
  if (userScoped !== undefined && userScoped !== null && typeof userScoped !== 'boolean')
    throw new ApiError(400, 'user_scoped must be true, false or null.');
  const { columns, rows } = runQuery(workspace, query);
  const shown = rows.slice(0, analyticsRowLimit);
  return json(200, {
    columns,
    rows: shown,
    row_count: shown.length,
    truncated: rows.length > shown.length,
    execution_ms: 12.5,
  });
};
