/**
 * One line of RFC 4180. A spreadsheet treats a cell as a formula when it begins with = + - @ (or their full-width forms), a
 * tab or a line break, and some skip blanks and invisible characters first. Such a cell gets a leading apostrophe.
 */
export const csvLine = (cells: readonly unknown[]): string => `${cells.map(csvCell).join(',')}\r\n`;

const FORMULA = /^[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠\t\r\n]/u;

function csvCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = String(value);
  const escaped = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]|^\s|\s$/.test(escaped) ? `"${escaped.replaceAll('"', '""')}"` : escaped;
}
