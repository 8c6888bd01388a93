import { type Answer, ApiError, json } from './answer.ts';

/** The documented default. */
const DEFAULT_LIMIT = 10;
/** Undocumented. SpotDraft's own client requests at most this many, so a larger limit is reduced to it. */
const MAX_LIMIT = 100;

/** One page of a list, in the format of `users` and `contracts`. A page after the last one is empty. */
export function paginate<T>(query: URLSearchParams, items: T[], toRow: (item: T) => unknown): Answer {
  const number = positiveInteger(query, 'page') ?? 1;
  const limit = Math.min(positiveInteger(query, 'limit') ?? DEFAULT_LIMIT, MAX_LIMIT);
  const results = items.slice((number - 1) * limit, number * limit).map(toRow);
  return json(200, { page: number, limit, total_results: items.length, results });
}

/** Reads a positive integer; null when the parameter is absent. @throws ApiError 400 for any other value */
export function positiveInteger(query: URLSearchParams, name: string): number | null {
  const text = query.get(name);
  if (text === null) return null;
  if (!/^\d{1,15}$/.test(text) || Number(text) < 1)
    throw new ApiError(400, `${name} is "${text}" and must be a whole number of at least 1.`);
  return Number(text);
}

/** Reads a boolean; false when the parameter is absent. @throws ApiError 400 for any other value */
export function booleanParameter(query: URLSearchParams, name: string): boolean {
  const text = query.get(name) ?? 'false';
  if (/^(?:true|1)$/i.test(text)) return true;
  if (/^(?:false|0)$/i.test(text)) return false;
  throw new ApiError(400, `${name} is "${text}" and must be true or false.`);
}
