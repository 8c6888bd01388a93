import { type Fact, known, type Source, unknown } from './fact.ts';

export interface ListPage<Row> {
  limit: number;
  total_results: number;
  results: Row[];
}

export interface PagedList<Row> {
  /** Name of the list in messages: "the list of contracts". */
  name: string;
  /** Rows per page to ask for. */
  limit: number;
  read(page: number, limit: number): Promise<Fact<ListPage<Row>>>;
  idOf(row: Row): string;
  /** Ends the reading at the first row that matches; then the rows so far are returned. */
  until?: (row: Row) => boolean;
}

/** How often a list is read from its first page before it is given up. */
const MAX_PASSES = 4;
/** Bounds a server that never stops sending new rows. */
const MAX_PAGES = 1_100;

/** One reading from the first page to the last. `limit` is the page size to use next. */
type Pass<Row> =
  | { kind: 'matched' | 'complete'; rows: Map<string, Row>; pages: number; limit: number }
  | { kind: 'inconsistent'; why: string; limit: number }
  /** Another pass would cost as many requests and end no better. */
  | { kind: 'endless'; why: string }
  | { kind: 'unread'; fact: Fact<never> };

/**
 * Reads a list to its end. SpotDraft documents neither an order nor a stable page, so rows can repeat or be skipped while
 * others are created and deleted. A pass counts only when the distinct ids are as many as the list says throughout; a list
 * of several pages must show the same ids in two passes, because one row more and one fewer leave the count unchanged.
 */
export async function readPagedList<Row>(list: PagedList<Row>): Promise<Fact<Row[]>> {
  const sources: Source[] = [];
  let { limit } = list;
  let before: Map<string, Row> | null = null;
  let why = '';
  for (let count = 0; count < MAX_PASSES; count += 1) {
    const pass = await readOnce(list, limit, sources);
    if (pass.kind === 'unread') return { ...pass.fact, sources };
    if (pass.kind === 'endless')
      return unknown('incomplete', `${list.name} could not be read completely: ${pass.why}`, sources);
    limit = Math.min(limit, pass.limit);
    if (pass.kind === 'inconsistent') {
      before = null;
      why = pass.why;
      continue;
    }
    const { rows } = pass;
    if (pass.kind === 'matched' || pass.pages <= 1 || (before && sameKeys(before, rows)))
      return known([...rows.values()], sources);
    before = rows;
    why = 'it holds other rows each time';
  }
  const reason = `${list.name} could not be read completely in ${MAX_PASSES} attempts: ${why}`;
  return unknown('incomplete', reason, sources);
}

async function readOnce<Row>(
  { read, idOf, until }: PagedList<Row>,
  firstLimit: number,
  sources: Source[],
): Promise<Pass<Row>> {
  const rows = new Map<string, Row>();
  let limit = firstLimit;
  let total: number | null = null;
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const fact = await read(page, limit);
    sources.push(...fact.sources);
    if (!fact.known) return { kind: 'unread', fact };
    const { results, total_results: counted } = fact.value;
    // A server may lower the limit; the pages after it follow the one that it states.
    limit = Math.min(limit, fact.value.limit);
    const inconsistent = (why: string): Pass<Row> => ({ kind: 'inconsistent', why, limit });
    const seen = rows.size;
    for (const row of results) rows.set(idOf(row), row);
    if (until && results.some(until)) return { kind: 'matched', rows, pages: page, limit };
    if (total !== null && counted !== total)
      return inconsistent(`its count changed from ${total} to ${counted} between two pages`);
    total = counted;
    if (results.length === 0 && seen < total)
      return inconsistent(`it counts ${total} and ends after ${seen} different ones`);
    if (rows.size < seen + results.length)
      return inconsistent(
        `it counts ${total}, and page ${page} repeats rows: ${rows.size} different ones came`,
      );
    if (rows.size > total) return inconsistent(`it counts ${total}, and ${rows.size} different ones came`);
    if (rows.size === total) return { kind: 'complete', rows, pages: page, limit };
  }
  return { kind: 'endless', why: `it counts ${total} and has no end after ${MAX_PAGES} pages` };
}

const sameKeys = (left: Map<string, unknown>, right: Map<string, unknown>): boolean =>
  left.size === right.size && [...left.keys()].every((key) => right.has(key));
