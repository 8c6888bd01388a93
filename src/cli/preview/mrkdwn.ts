import { withEmoji } from './emoji.ts';
import { type Format, type Span, sanitize, span } from './spans.ts';

/** The terminal and the names that rendering uses. */
export interface RenderContext {
  /** Width of the terminal, columns. */
  width: number;
  color: boolean;
  /** Names of users, user groups and channels by id, for mentions. */
  names: Record<string, string>;
}

/** Decodes Slack's three entities once: `&amp;lt;` becomes the text `&lt;`. */
export function unescapeEntities(text: string): string {
  return text.replace(/&(lt|gt|amp);/g, (_, name: string) => ({ lt: '<', gt: '>', amp: '&' })[name] ?? '');
}

/** Renders Slack's mrkdwn as spans (https://docs.slack.dev/messaging/formatting-message-text). Quotes get a bar. */
export function mrkdwnSpans(source: string, context: RenderContext, base: Format[] = []): Span[] {
  const text = sanitize(source);
  const parts = text.split(/```\n?([\s\S]+?)\n?```/);
  return parts.flatMap((part, index) =>
    index % 2 === 1 ? codeBlock(part, context, base, parts, index) : proseSpans(part, context, base),
  );
}

/** A code block, on lines of its own. */
function codeBlock(
  code: string,
  context: RenderContext,
  base: Format[],
  parts: string[],
  index: number,
): Span[] {
  const before = parts[index - 1] ?? '';
  const after = parts[index + 1] ?? '';
  const opens = before === '' || before.endsWith('\n') ? '' : '\n';
  const closes = after === '' || after.startsWith('\n') ? '' : '\n';
  const lines = code.split('\n').map((line) => `  ${unescapeEntities(line)}`);
  return [span(opens), span(lines.join('\n'), ...base, ...codeFormats(context)), span(closes)];
}

export function codeFormats(context: RenderContext): Format[] {
  return context.color ? ['cyan'] : [];
}

/** Without colour the backticks stay, to distinguish code from prose. */
export function codeText(text: string, context: RenderContext): string {
  return context.color ? text : `\`${text}\``;
}

function proseSpans(text: string, context: RenderContext, base: Format[]): Span[] {
  const lines = text.split('\n').map((line) => {
    const quoted = /^(?:>|&gt;) ?(.*)$/.exec(line);
    if (!quoted) return inlineSpans(line, context, base);
    return [span('▎ ', 'dim'), ...inlineSpans(quoted[1] ?? '', context, base)];
  });
  return lines.flatMap((line, index) => (index === 0 ? line : [span('\n'), ...line]));
}

/** Alternatives: code, a `<…>` sequence, bold, italic, strike. As in Slack, marks must touch the word. */
const INLINE =
  /`([^`\n]+)`|<([^<>\n]+)>|(?<![\p{L}\p{N}*])\*(?=\S)([^*\n]*[^\s*])\*(?![\p{L}\p{N}*])|(?<![\p{L}\p{N}_])_(?=\S)([^_\n]*(?:_[^_\n]+)*[^\s_])_(?![\p{L}\p{N}_])|(?<![\p{L}\p{N}~])~(?=\S)([^~\n]*[^\s~])~(?![\p{L}\p{N}~])/gu;

function inlineSpans(text: string, context: RenderContext, base: Format[]): Span[] {
  const spans: Span[] = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    const [whole, code, sequence, bold, italic, strike] = match;
    spans.push(plain(text.slice(end, match.index), base));
    end = match.index + whole.length;
    if (code !== undefined) {
      spans.push(span(codeText(unescapeEntities(code), context), ...base, ...codeFormats(context)));
    } else if (sequence !== undefined) spans.push(...sequenceSpans(sequence, context, base));
    else if (bold !== undefined) spans.push(...inlineSpans(bold, context, [...base, 'bold']));
    else if (italic !== undefined) spans.push(...inlineSpans(italic, context, [...base, 'italic']));
    else if (strike !== undefined) spans.push(...inlineSpans(strike, context, [...base, 'strikethrough']));
  }
  spans.push(plain(text.slice(end), base));
  return spans.filter((each) => each.text !== '');
}

function plain(text: string, base: Format[]): Span {
  return span(withEmoji(unescapeEntities(text)), ...base);
}

/** Renders the content of `<…>`: a link, a mention or a date. */
function sequenceSpans(sequence: string, context: RenderContext, base: Format[]): Span[] {
  const [target = '', label] = splitOnce(sequence, '|');
  const shown = label === undefined ? undefined : unescapeEntities(label);
  if (target.startsWith('@')) return [span(`@${nameOf(target.slice(1), shown, context)}`, ...base, 'yellow')];
  if (target.startsWith('#')) return [span(`#${nameOf(target.slice(1), shown, context)}`, ...base, 'yellow')];
  if (target.startsWith('!date^')) return [span(shown ?? isoMinute(target.split('^')[1]), ...base)];
  if (target.startsWith('!subteam^')) {
    const handle = nameOf(target.slice('!subteam^'.length), shown, context).replace(/^@/, '');
    return [span(`@${handle}`, ...base, 'yellow')];
  }
  if (target.startsWith('!')) return [span(`@${shown ?? target.slice(1).split('^')[0]}`, ...base, 'yellow')];
  const address = unescapeEntities(target).replace(/^mailto:/, '');
  return [span(shown === undefined || shown === '' ? address : withEmoji(shown), ...base, 'underline')];
}

export function nameOf(id: string, label: string | undefined, context: RenderContext): string {
  if (label) return label;
  return Object.hasOwn(context.names, id) ? sanitize(context.names[id] ?? id) : id;
}

/** A UTC date and time, to the minute. @param seconds epoch seconds as text; returned unchanged when not a number */
export function isoMinute(seconds: string | undefined): string {
  const at = new Date(Number(seconds) * 1000);
  if (Number.isNaN(at.getTime())) return String(seconds);
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
