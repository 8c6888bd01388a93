import { withEmoji } from '../../../src/cli/preview/emoji.ts';
import { type Html, html, type Part } from '../html.ts';
import { link } from './mrkdwn.ts';

const INLINE =
  /`([^`\n]+)`|\[([^\]\n]+)\]\(([^)\s]+)\)|\*\*([^*\n]+)\*\*|(?<![\w*])[*_]([^*_\n]+)[*_](?![\w*])|~~([^~\n]+)~~/g;

/** Renders the common part of Markdown: headings, emphasis, code, links, lists, quotes. */
export function markdown(source: string): Html {
  const parts = source.split(/```\w*\n?([\s\S]+?)\n?```/);
  return html`<div class="rich">${parts.map((part, index) =>
    index % 2 === 1 ? html`<pre tabindex="0">${part}</pre>` : part.split('\n').map(line),
  )}</div>`;
}

function line(text: string): Html {
  if (text.trim() === '') return html``;
  const heading = /^#{1,6}\s+(.*)$/.exec(text);
  if (heading) return html`<p><strong>${inline(heading[1] ?? '')}</strong></p>`;
  const quote = /^>\s?(.*)$/.exec(text);
  if (quote) return html`<blockquote>${inline(quote[1] ?? '')}</blockquote>`;
  return html`<p>${inline(text.replace(/^(\s*)[-*+]\s+/, '$1• '))}</p>`;
}

function inline(text: string): Html {
  const parts: Part[] = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    const [whole, code, label, address, bold, italic, strike] = match;
    parts.push(withEmoji(text.slice(end, match.index)));
    end = match.index + whole.length;
    if (code !== undefined) parts.push(html`<code>${code}</code>`);
    else if (label !== undefined) parts.push(link(address ?? '', inline(label)));
    else if (bold !== undefined) parts.push(html`<strong>${inline(bold)}</strong>`);
    else if (italic !== undefined) parts.push(html`<em>${inline(italic)}</em>`);
    else if (strike !== undefined) parts.push(html`<s>${inline(strike)}</s>`);
  }
  parts.push(withEmoji(text.slice(end)));
  return html`${parts}`;
}
