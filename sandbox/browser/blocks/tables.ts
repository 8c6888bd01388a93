import { type Fields, isFields } from '../../slack/validation.ts';
import { type Html, html } from '../html.ts';
import type { RenderContext } from './render-context.ts';
import { richText } from './rich-text.ts';

/** Renders a table or data_table. The first row is the header. */
export function renderTable(block: Fields, context: RenderContext): Html {
  const [head = [], ...body] = (Array.isArray(block.rows) ? block.rows : []).filter(
    Array.isArray,
  ) as unknown[][];
  const settings = Array.isArray(block.column_settings) ? block.column_settings : [];
  const align = (column: number) => {
    const setting: unknown = settings[column];
    const side = isFields(setting) ? setting.align : null;
    return side === 'right' || side === 'center' ? side : 'left';
  };
  const caption = typeof block.caption === 'string' && html`<caption>${block.caption}</caption>`;
  return html`<div class="table" tabindex="0" role="group" aria-label="Table"><table>${caption}
    <thead><tr>${head.map((cell, column) => html`<th scope="col" class="${align(column)}">${cellOf(cell, context)}</th>`)}</tr></thead>
    <tbody>${body.map((row) => html`<tr>${row.map((cell, column) => html`<td class="${align(column)}">${cellOf(cell, context)}</td>`)}</tr>`)}</tbody>
  </table></div>`;
}

function cellOf(cell: unknown, context: RenderContext): Html {
  if (!isFields(cell)) return html``;
  return cell.type === 'rich_text' ? richText(cell, context) : html`${String(cell.text ?? cell.value ?? '')}`;
}
