import { withEmoji } from '../../../src/cli/preview/emoji.ts';
import { unescapeEntities } from '../../../src/cli/preview/mrkdwn.ts';
import { type Html, html, type Part } from '../html.ts';
import { dateText } from './date.ts';
import { displayName, type RenderContext } from './render-context.ts';

/** Renders Slack's mrkdwn (https://docs.slack.dev/messaging/formatting-message-text). */
export function mrkdwn(text: string, context: RenderContext): Html {
  const parts = text.split(/```\n?([\s\S]+?)\n?```/);
  return html`${parts.map((part, index) =>
    index % 2 === 1 ? html`<pre tabindex="0">${unescapeEntities(part)}</pre>` : prose(part, context),
  )}`;
}

function prose(text: string, context: RenderContext): Part {
  const lines = text.split('\n').map((line) => {
    const quoted = /^(?:>|&gt;) ?(.*)$/.exec(line);
    return quoted
      ? html`<span class="quote">${inline(quoted[1] ?? '', context)}</span>`
      : inline(line, context);
  });
  return lines.map((line, index) => (index === 0 ? line : html`<br>${line}`));
}

/** Alternatives: code, a `<…>` sequence, bold, italic, strike. As in Slack, marks must touch the word. */
const INLINE =
  /`([^`\n]+)`|<([^<>\n]+)>|(?<![\p{L}\p{N}*])\*(?=\S)([^*\n]*[^\s*])\*(?![\p{L}\p{N}*])|(?<![\p{L}\p{N}_])_(?=\S)([^_\n]*(?:_[^_\n]+)*[^\s_])_(?![\p{L}\p{N}_])|(?<![\p{L}\p{N}~])~(?=\S)([^~\n]*[^\s~])~(?![\p{L}\p{N}~])/gu;

function inline(text: string, context: RenderContext): Html {
  const parts: Part[] = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    const [whole, code, sequence, bold, italic, strike] = match;
    parts.push(plain(text.slice(end, match.index)));
    end = match.index + whole.length;
    if (code !== undefined) parts.push(html`<code>${unescapeEntities(code)}</code>`);
    else if (sequence !== undefined) parts.push(sequenceOf(sequence, context));
    else if (bold !== undefined) parts.push(html`<strong>${inline(bold, context)}</strong>`);
    else if (italic !== undefined) parts.push(html`<em>${inline(italic, context)}</em>`);
    else if (strike !== undefined) parts.push(html`<s>${inline(strike, context)}</s>`);
  }
  parts.push(plain(text.slice(end)));
  return html`${parts}`;
}

const plain = (text: string): string => withEmoji(unescapeEntities(text));

/** Renders the content of `<…>`: a link, a mention or a date. */
function sequenceOf(sequence: string, context: RenderContext): Html {
  const bar = sequence.indexOf('|');
  const target = bar < 0 ? sequence : sequence.slice(0, bar);
  const label = bar < 0 ? '' : unescapeEntities(sequence.slice(bar + 1));
  if (target.startsWith('@')) return mention(`@${label || displayName(context, target.slice(1))}`);
  if (target.startsWith('#')) return mention(`#${label || displayName(context, target.slice(1))}`);
  if (target.startsWith('!subteam^'))
    return mention(`@${(label || displayName(context, target.slice('!subteam^'.length))).replace(/^@/, '')}`);
  if (target.startsWith('!date^')) {
    const [, seconds = '', format = ''] = target.split('^');
    return html`<time>${dateText(Number(seconds), format, label, context)}</time>`;
  }
  if (target.startsWith('!')) return mention(`@${label || target.slice(1)}`);
  const address = unescapeEntities(target);
  return link(address, label === '' ? address.replace(/^mailto:/, '') : withEmoji(label));
}

export const mention = (text: string): Html => html`<span class="mention">${text}</span>`;

/** Links only web pages and mailboxes: a `javascript:` address stays plain text. */
export const link = (address: string, text: Part): Html =>
  /^(https?:\/\/|mailto:)/i.test(address)
    ? html`<a href="${address}" target="_blank" rel="noreferrer">${text}</a>`
    : html`${text}`;
