import { type Row, tables } from './analytics-tables.ts';
import { ApiError } from './answer.ts';
import type { Workspace } from './model.ts';

/** The documented limit. */
const MAX_QUERY_CHARACTERS = 10_000;

/** The error codes of the analytics query, as documented. */
const codes = { notOneSelect: 'SD_PUBLIC_00040', table: 'SD_PUBLIC_00041', notParsed: 'SD_PUBLIC_00042' };

const select =
  /^select\s+(?<columns>\*|[\w\s,]+?)\s+from\s+(?<table>[\w.`-]+)(?:\s+where\s+(?<where>\w+)\s*(?<operator>>=|>|=)\s*(?<value>-?\d+))?(?:\s+order\s+by\s+(?<order>\w+)(?:\s+(?<direction>asc|desc))?)?(?:\s+limit\s+(?<limit>\d+))?$/i;

/**
 * Runs the one supported form of query:
 * `SELECT <columns|*> FROM <table> [WHERE <column> (>|>=|=) <integer>] [ORDER BY <column> [ASC|DESC]] [LIMIT n]`.
 * Throws 400 with the documented code for anything else.
 */
export function runQuery(workspace: Workspace, query: string): { columns: string[]; rows: Row[] } {
  if (query.length > MAX_QUERY_CHARACTERS)
    throw new ApiError(400, `The query has ${query.length} characters; ${MAX_QUERY_CHARACTERS} are allowed.`);
  const statement = query.trim().replace(/\s*;$/, '');
  if (statement.includes(';') || !/^(?:select|with)\b/i.test(statement))
    throw new ApiError(400, 'The query is not one SELECT statement.', codes.notOneSelect);
  const parts = select.exec(statement)?.groups;
  if (!parts) throw new ApiError(400, 'The query could not be parsed.', codes.notParsed);
  const table = tables[parts.table?.toLowerCase() ?? ''];
  if (!table) throw new ApiError(400, `Table ${parts.table} is not available.`, codes.table);

  const column = (name: string): string => {
    const found = table.columns.find((each) => each === name.trim().toLowerCase());
    if (!found) throw new ApiError(400, `${parts.table} has no column ${name.trim()}.`, codes.notParsed);
    return found;
  };
  const columns = parts.columns === '*' ? table.columns : (parts.columns ?? '').split(',').map(column);
  const where = parts.where
    ? compare(column(parts.where), parts.operator ?? '', Number(parts.value))
    : () => true;
  const rows = table.rows(workspace).filter(where);
  if (parts.order)
    rows.sort(byColumn(column(parts.order), parts.direction?.toLowerCase() === 'desc' ? -1 : 1));
  return {
    columns,
    rows: rows
      .slice(0, parts.limit === undefined ? undefined : Number(parts.limit))
      .map((row) => Object.fromEntries(columns.map((name) => [name, row[name] ?? null]))),
  };
}

/** A column without a value matches no comparison. */
function compare(column: string, operator: string, given: number): (row: Row) => boolean {
  return (row) => {
    const actual = row[column];
    if (typeof actual !== 'number') return false;
    if (operator === '=') return actual === given;
    return operator === '>' ? actual > given : actual >= given;
  };
}

/** Nulls first in ascending order, as in GoogleSQL. */
function byColumn(column: string, sign: 1 | -1): (left: Row, right: Row) => number {
  return (left, right) => {
    const [a, b] = [left[column] ?? null, right[column] ?? null];
    if (a === b) return 0;
    if (a === null || b === null) return a === null ? -sign : sign;
    return a < b ? -sign : sign;
  };
}
