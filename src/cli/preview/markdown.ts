import { withEmoji } from './emoji.ts';
import { codeFormats, codeText, type RenderContext } from './mrkdwn.ts';
import { type Format, type Span, sanitize, span } from './spans.ts';

const INLINE =
  /`([^`\n]+)`|\[([^\]\n]+)\]\([^)\s]+\)|\*\*([^*\n]+)\*\*|(?<![\w*])[*_]([^*_\n]+)[*_](?![\w*])|~~([^~\n]+)~~/g;

/** Renders the common part of Markdown: headings, emphasis, code, links, lists, quotes. */
export function markdownSpans(source: string, context: RenderContext): Span[] {
  const spans: Span[] = [];
  let inCode = false;
  for (const line of sanitize(source).split('\n')) {
    if (/^\s*```/.test(line)) {
      inCode = !inCode;
      continue;
    }
    if (spans.length > 0) spans.push(span('\n'));
    spans.push(...(inCode ? [span(`  ${line}`, ...codeFormats(context))] : lineSpans(line, context)));
  }
  return spans;
}

function lineSpans(line: string, context: RenderContext): Span[] {
  const heading = /^#{1,6}\s+(.*)$/.exec(line);
  if (heading) return inlineSpans(heading[1] ?? '', context, ['bold']);
  const quote = /^>\s?(.*)$/.exec(line);
  if (quote) return [span('▎ ', 'dim'), ...inlineSpans(quote[1] ?? '', context, [])];
  return inlineSpans(line.replace(/^(\s*)[-*+]\s+/, '$1• '), context, []);
}

function inlineSpans(text: string, context: RenderContext, base: Format[]): Span[] {
  const spans: Span[] = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    const [whole, code, link, bold, italic, strike] = match;
    spans.push(span(withEmoji(text.slice(end, match.index)), ...base));
    end = match.index + whole.length;
    if (code !== undefined) spans.push(span(codeText(code, context), ...base, ...codeFormats(context)));
    else if (link !== undefined) spans.push(span(withEmoji(link), ...base, 'underline'));
    else if (bold !== undefined) spans.push(...inlineSpans(bold, context, [...base, 'bold']));
    else if (italic !== undefined) spans.push(...inlineSpans(italic, context, [...base, 'italic']));
    else if (strike !== undefined) spans.push(...inlineSpans(strike, context, [...base, 'strikethrough']));
  }
  spans.push(span(withEmoji(text.slice(end)), ...base));
  return spans.filter((each) => each.text !== '');
}
