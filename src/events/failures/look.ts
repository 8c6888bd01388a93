import type { Look } from '../../store/reconciliations.ts';

/** Begins to read the contracts that changed in a period, epoch ms. */
export const beginLook = (from: number, until: number): Look => ({
  from,
  until,
  page: 1,
  total: null,
  seen: [],
  drawnUp: null,
  uploaded: null,
  dated: null,
  left: {},
});

/** One page of the list as SpotDraft answered it. */
export interface ReadPage {
  /** Contracts in the whole list now. */
  total: number;
  /** Contracts on a page; SpotDraft may show fewer than were asked for. */
  limit: number;
  ids: readonly string[];
}

/**
 * The look after one more page; null when all contracts were seen. A contract that changes meanwhile leaves the list, and those
 * behind it move forward: so pages are read from the last to the first, and a list that grew is begun again.
 */
export function afterPage(look: Look, { total, limit, ids }: ReadPage): Look | null {
  const seen = [...new Set([...look.seen, ...ids])];
  const last = Math.max(1, Math.ceil(total / limit));
  if (look.total === null) return seen.length >= total ? null : { ...look, seen, total, page: last };
  if (total > look.total) return { ...look, seen, total, page: last };
  const isSame = total === look.total;
  if (seen.length >= total && (isSame || look.page === 1)) return null;
  if (look.page > 1) return { ...look, seen, page: Math.min(look.page - 1, last) };
  return { ...look, total, page: last, seen: isSame ? seen : [] };
}
