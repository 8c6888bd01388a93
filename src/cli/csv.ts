/**
 * One line of RFC 4180. A spreadsheet takes a cell for a formula when it begins with = + - @ (their full-width forms too),
 * a tab or a line break, and some look behind blanks and invisible characters: such a cell gets an apostrophe in front.
 */
export const csvLine = (cells: readonly unknown[]): string => `${cells.map(csvCell).join(',')}\r\n`;

const FORMULA = /^[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠\t\r\n]/u;

function csvCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = String(value);
  const harmless = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]|^\s|\s$/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
