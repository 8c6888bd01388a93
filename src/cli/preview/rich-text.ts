import { emojiNamed } from './emoji.ts';
import { type Fields, isFields } from './fields.ts';
import { codeFormats, codeText, isoMinute, type Look, nameOf } from './mrkdwn.ts';
import { columnsOf, type Format, harmless, type Line, type Span, span, wrap, wrapHard } from './spans.ts';

const BULLETS = ['•', '◦', '▪'];

/** The lines of a rich_text block. */
export function richTextLines(block: Fields, look: Look, width = look.width): Line[] {
  const parts = fieldsIn(block.elements);
  const counters = new Map<unknown, number>();
  return parts.flatMap((part) => {
    if (part.type !== 'rich_text_list') counters.clear();
    switch (part.type) {
      case 'rich_text_list':
        return listLines(part, look, width, counters);
      case 'rich_text_preformatted':
        return prefixed(wrapHard(plainLeaves(part, look), width - 2), span('  '));
      case 'rich_text_quote':
        return prefixed(wrap(leafSpans(part, look), width - 2), span('▎ ', 'dim'));
      default:
        return wrap(leafSpans(part, look), width);
    }
  });
}

/** The text of a rich_text cell or title as spans, without lists and blocks of code. */
export function richTextSpans(block: Fields, look: Look): Span[] {
  return fieldsIn(block.elements).flatMap((part, index) => [
    ...(index > 0 ? [span('\n')] : []),
    ...leafSpans(part, look),
  ]);
}

function listLines(list: Fields, look: Look, width: number, counters: Map<unknown, number>): Line[] {
  const depth = typeof list.indent === 'number' ? list.indent : 0;
  const indent = ' '.repeat(depth * 2);
  let count = (typeof list.offset === 'number' ? list.offset : 0) + (counters.get(depth) ?? 0);
  const lines = fieldsIn(list.elements).flatMap((item) => {
    count += 1;
    const mark = list.style === 'ordered' ? `${count}. ` : `${BULLETS[depth % BULLETS.length]} `;
    const room = width - indent.length - columnsOf(mark);
    return wrap(leafSpans(item, look), room).map(
      (line, index): Line => [span(indent + (index === 0 ? mark : ' '.repeat(columnsOf(mark)))), ...line],
    );
  });
  // An ordered list that a deeper one interrupts goes on counting.
  if (list.style === 'ordered') counters.set(depth, count);
  return lines;
}

function prefixed(lines: Line[], prefix: Span): Line[] {
  return lines.map((line) => [prefix, ...line]);
}

function plainLeaves(part: Fields, look: Look): Span[] {
  return fieldsIn(part.elements).map((leaf) => span(leafText(leaf, look), ...codeFormats(look)));
}

function leafSpans(part: Fields, look: Look): Span[] {
  return fieldsIn(part.elements).map((leaf) => {
    const style = isFields(leaf.style) ? leaf.style : {};
    const text = leafText(leaf, look);
    const isCode = style.code === true;
    return span(
      isCode ? codeText(text, look) : text,
      ...leafFormats(leaf, style),
      ...(isCode ? codeFormats(look) : []),
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

function leafText(leaf: Fields, look: Look): string {
  switch (leaf.type) {
    case 'link':
      return harmless(String(leaf.text || leaf.url));
    case 'user':
      return `@${nameOf(harmless(String(leaf.user_id)), undefined, look)}`;
    case 'usergroup':
      return `@${nameOf(harmless(String(leaf.usergroup_id)), undefined, look)}`;
    case 'channel':
      return `#${nameOf(harmless(String(leaf.channel_id)), undefined, look)}`;
    case 'broadcast':
      return `@${harmless(String(leaf.range))}`;
    case 'emoji':
      return emojiNamed(harmless(String(leaf.name)));
    case 'date':
      return leaf.fallback ? harmless(String(leaf.fallback)) : isoMinute(String(leaf.timestamp));
    default:
      return harmless(String(leaf.text ?? leaf.value ?? ''));
  }
}

function fieldsIn(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}
