import { emojiNamed } from '../../../src/cli/preview/emoji.ts';
import { type Fields, isFields } from '../../slack/validation.ts';
import { type Html, html, type Part } from '../html.ts';
import { dateText } from './date.ts';
import { link, mention } from './mrkdwn.ts';
import { displayName, type RenderContext } from './render-context.ts';
import { fieldsIn } from './text.ts';

export const richText = (block: Fields, context: RenderContext): Html =>
  html`<div class="rich">${fieldsIn(block.elements).map((part) => partOf(part, context))}</div>`;

function partOf(part: Fields, context: RenderContext): Html {
  const leaves = () => fieldsIn(part.elements).map((leaf) => leafOf(leaf, context));
  switch (part.type) {
    case 'rich_text_list':
      return listOf(part, context);
    case 'rich_text_preformatted':
      return html`<pre tabindex="0">${leaves()}</pre>`;
    case 'rich_text_quote':
      return html`<blockquote>${leaves()}</blockquote>`;
    default:
      return html`<p>${leaves()}</p>`;
  }
}

function listOf(list: Fields, context: RenderContext): Html {
  const indent = typeof list.indent === 'number' ? Math.min(list.indent, 8) : 0;
  const items = fieldsIn(list.elements).map(
    (item) => html`<li>${fieldsIn(item.elements).map((leaf) => leafOf(leaf, context))}</li>`,
  );
  const start = typeof list.offset === 'number' ? list.offset + 1 : 1;
  return list.style === 'ordered'
    ? html`<ol start="${start}" class="indent-${indent}">${items}</ol>`
    : html`<ul class="indent-${indent}">${items}</ul>`;
}

function leafOf(leaf: Fields, context: RenderContext): Html {
  const style = isFields(leaf.style) ? leaf.style : {};
  let shown: Html = unstyled(leaf, context);
  if (style.code === true) shown = html`<code>${shown}</code>`;
  if (style.bold === true) shown = html`<strong>${shown}</strong>`;
  if (style.italic === true) shown = html`<em>${shown}</em>`;
  if (style.strike === true) shown = html`<s>${shown}</s>`;
  if (style.underline === true) shown = html`<u>${shown}</u>`;
  return shown;
}

function unstyled(leaf: Fields, context: RenderContext): Html {
  switch (leaf.type) {
    case 'link':
      return link(String(leaf.url), String(leaf.text || leaf.url));
    case 'user':
      return mention(`@${displayName(context, String(leaf.user_id))}`);
    case 'usergroup':
      return mention(`@${displayName(context, String(leaf.usergroup_id))}`);
    case 'channel':
      return mention(`#${displayName(context, String(leaf.channel_id))}`);
    case 'broadcast':
      return mention(`@${leaf.range}`);
    case 'emoji':
      return html`${emojiNamed(String(leaf.name))}`;
    case 'date': {
      const fallback = String(leaf.fallback ?? '');
      return html`<time>${dateText(Number(leaf.timestamp), String(leaf.format), fallback, context)}</time>`;
    }
    default:
      return html`${lines(String(leaf.text ?? leaf.value ?? ''))}`;
  }
}

/** Rich text keeps its line breaks. */
const lines = (text: string): Part =>
  text.split('\n').map((line, index) => (index === 0 ? line : html`<br>${line}`));
