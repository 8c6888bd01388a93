/**
 * Values of one cell of an analytics row. Every column may be null or absent as documented, and the JSON form of an INT64,
 * a BOOL or a TIMESTAMP is not documented, so a cell is read in each form that has one meaning. null: the cell says nothing.
 */

/** An INT64 id in its canonical decimal form: 12, "12" and "012" are one id, and none is rounded beyond 2^53. */
export function idIn(cell: unknown): string | null {
  if (typeof cell === 'number') return Number.isSafeInteger(cell) ? String(cell) : null;
  return typeof cell === 'string' && /^\s*[+-]?\d{1,40}\s*$/.test(cell) ? String(BigInt(cell.trim())) : null;
}

/** A text with something in it. A blank name identifies nothing. */
export const textIn = (cell: unknown): string | null =>
  typeof cell === 'string' && cell.trim() !== '' ? cell : null;

/** A position, such as `sign_order`. */
export function numberIn(cell: unknown): number | null {
  const id = idIn(cell);
  return id !== null && Number.isSafeInteger(Number(id)) ? Number(id) : null;
}

export function flagIn(cell: unknown): boolean | null {
  if (typeof cell === 'boolean') return cell;
  const word = typeof cell === 'string' ? cell.trim().toLowerCase() : null;
  return word === 'true' ? true : word === 'false' ? false : null;
}

/** A point in time, for comparison with others of the same column. */
export function timeIn(cell: unknown): number | null {
  const time =
    typeof cell === 'number' || (typeof cell === 'string' && /^\d+(?:\.\d+)?$/.test(cell.trim()))
      ? Number(cell)
      : Date.parse(typeof cell === 'string' ? cell : '');
  return Number.isFinite(time) ? time : null;
}
