import { type Fields, isFields } from './fields.ts';
import type { RenderContext } from './mrkdwn.ts';
import { richTextSpans } from './rich-text.ts';
import {
  joinColumns,
  type Line,
  lineWidth,
  type Span,
  sanitize,
  span,
  textWidth,
  withFormats,
  wrap,
} from './spans.ts';

const MIN_COLUMN = 4;

/** Renders a table or data_table: a bold first row above a rule, with columns as wide as their content and the terminal allow. */
export function tableLines(block: Fields, context: RenderContext): Line[] {
  const rows = (Array.isArray(block.rows) ? block.rows : []).filter(Array.isArray) as unknown[][];
  const cells = rows.map((row) => row.map((cell) => cellSpans(cell, context)));
  const widths = columnWidths(cells, context.width);
  const lines = cells.map((row) => {
    const wrapped = row.map((cell, column) => wrap(cell, widths[column] ?? MIN_COLUMN));
    return joinColumns(wrapped, widths);
  });
  const [head = [], ...body] = lines;
  const rule = [span('─'.repeat(Math.min(context.width, total(widths))), 'dim')];
  const caption = typeof block.caption === 'string' ? [[span(sanitize(block.caption), 'bold')]] : [];
  return [...caption, ...head.map((line) => withFormats(line, 'bold')), rule, ...body.flat()];
}

function cellSpans(cell: unknown, context: RenderContext): Span[] {
  if (!isFields(cell)) return [];
  if (cell.type === 'rich_text') return richTextSpans(cell, context);
  return [span(sanitize(String(cell.text ?? cell.value ?? '')))];
}

/** Natural widths. When they do not fit, the widest column shrinks first, down to its longest word. */
function columnWidths(cells: Span[][][], room: number): number[] {
  const columns = Array.from({ length: Math.max(0, ...cells.map((row) => row.length)) }, (_, column) => {
    const lines = cells.flatMap((row) => wrap(row[column] ?? [], room));
    const words = lines.flatMap((line) => line.flatMap((each) => each.text.split(' ')));
    return {
      width: Math.max(1, ...lines.map(lineWidth)),
      word: Math.max(MIN_COLUMN, ...words.map(textWidth)),
    };
  });
  const widthsOf = () => columns.map((column) => column.width);
  while (total(widthsOf()) > room) {
    const wrappable = columns.filter((column) => column.width > column.word);
    const candidates =
      wrappable.length > 0 ? wrappable : columns.filter((column) => column.width > MIN_COLUMN);
    const widest = candidates.toSorted((a, b) => b.width - a.width)[0];
    if (!widest) break;
    widest.width -= 1;
  }
  return widthsOf();
}

function total(widths: number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + 2 * Math.max(widths.length - 1, 0);
}
