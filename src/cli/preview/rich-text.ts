import { emojiNamed } from './emoji.ts';
import { type Fields, isFields } from './fields.ts';
import { codeFormats, codeText, isoMinute, nameOf, type RenderContext } from './mrkdwn.ts';
import { type Format, type Line, type Span, sanitize, span, textWidth, wrap, wrapHard } from './spans.ts';

const BULLETS = ['•', '◦', '▪'];

/** Renders a rich_text block as lines. */
export function richTextLines(block: Fields, context: RenderContext, width = context.width): Line[] {
  const parts = fieldsIn(block.elements);
  const counters = new Map<unknown, number>();
  return parts.flatMap((part) => {
    if (part.type !== 'rich_text_list') counters.clear();
    switch (part.type) {
      case 'rich_text_list':
        return listLines(part, context, width, counters);
      case 'rich_text_preformatted':
        return prefixed(wrapHard(plainLeaves(part, context), width - 2), span('  '));
      case 'rich_text_quote':
        return prefixed(wrap(leafSpans(part, context), width - 2), span('▎ ', 'dim'));
      default:
        return wrap(leafSpans(part, context), width);
    }
  });
}

/** Renders a rich_text cell or title as spans, without lists and code blocks. */
export function richTextSpans(block: Fields, context: RenderContext): Span[] {
  return fieldsIn(block.elements).flatMap((part, index) => [
    ...(index > 0 ? [span('\n')] : []),
    ...leafSpans(part, context),
  ]);
}

function listLines(
  list: Fields,
  context: RenderContext,
  width: number,
  counters: Map<unknown, number>,
): Line[] {
  const depth = typeof list.indent === 'number' ? list.indent : 0;
  const indent = ' '.repeat(depth * 2);
  let count = (typeof list.offset === 'number' ? list.offset : 0) + (counters.get(depth) ?? 0);
  const lines = fieldsIn(list.elements).flatMap((item) => {
    count += 1;
    const mark = list.style === 'ordered' ? `${count}. ` : `${BULLETS[depth % BULLETS.length]} `;
    const room = width - indent.length - textWidth(mark);
    return wrap(leafSpans(item, context), room).map(
      (line, index): Line => [span(indent + (index === 0 ? mark : ' '.repeat(textWidth(mark)))), ...line],
    );
  });
  // An ordered list continues its numbers after a nested list.
  if (list.style === 'ordered') counters.set(depth, count);
  return lines;
}

function prefixed(lines: Line[], prefix: Span): Line[] {
  return lines.map((line) => [prefix, ...line]);
}

function plainLeaves(part: Fields, context: RenderContext): Span[] {
  return fieldsIn(part.elements).map((leaf) => span(leafText(leaf, context), ...codeFormats(context)));
}

function leafSpans(part: Fields, context: RenderContext): Span[] {
  return fieldsIn(part.elements).map((leaf) => {
    const style = isFields(leaf.style) ? leaf.style : {};
    const text = leafText(leaf, context);
    const isCode = style.code === true;
    return span(
      isCode ? codeText(text, context) : text,
      ...leafFormats(leaf, style),
      ...(isCode ? codeFormats(context) : []),
    );
  });
}

function leafFormats(leaf: Fields, style: Fields): Format[] {
  const formats: Format[] = [];
  if (style.bold === true) formats.push('bold');
  if (style.italic === true) formats.push('italic');
  if (style.strike === true) formats.push('strikethrough');
  if (style.underline === true || leaf.type === 'link') formats.push('underline');
  if (['user', 'usergroup', 'channel', 'broadcast'].includes(String(leaf.type))) formats.push('yellow');
  return formats;
}

function leafText(leaf: Fields, context: RenderContext): string {
  switch (leaf.type) {
    case 'link':
      return sanitize(String(leaf.text || leaf.url));
    case 'user':
      return `@${nameOf(sanitize(String(leaf.user_id)), undefined, context)}`;
    case 'usergroup':
      return `@${nameOf(sanitize(String(leaf.usergroup_id)), undefined, context)}`;
    case 'channel':
      return `#${nameOf(sanitize(String(leaf.channel_id)), undefined, context)}`;
    case 'broadcast':
      return `@${sanitize(String(leaf.range))}`;
    case 'emoji':
      return emojiNamed(sanitize(String(leaf.name)));
    case 'date':
      return leaf.fallback ? sanitize(String(leaf.fallback)) : isoMinute(String(leaf.timestamp));
    default:
      return sanitize(String(leaf.text ?? leaf.value ?? ''));
  }
}

function fieldsIn(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}
