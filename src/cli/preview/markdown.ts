import { withEmoji } from './emoji.ts';
import { codeFormats, codeText, type Look } from './mrkdwn.ts';
import { type Format, harmless, type Span, span } from './spans.ts';

const INLINE =
  /`([^`\n]+)`|\[([^\]\n]+)\]\([^)\s]+\)|\*\*([^*\n]+)\*\*|(?<![\w*])[*_]([^*_\n]+)[*_](?![\w*])|~~([^~\n]+)~~/g;

/** The part of Markdown that markdown blocks are used for: headings, emphasis, code, links, lists, quotes. */
export function markdownSpans(source: string, look: Look): Span[] {
  const spans: Span[] = [];
  let inCode = false;
  for (const line of harmless(source).split('\n')) {
    if (/^\s*```/.test(line)) {
      inCode = !inCode;
      continue;
    }
    if (spans.length > 0) spans.push(span('\n'));
    spans.push(...(inCode ? [span(`  ${line}`, ...codeFormats(look))] : lineSpans(line, look)));
  }
  return spans;
}

function lineSpans(line: string, look: Look): Span[] {
  const heading = /^#{1,6}\s+(.*)$/.exec(line);
  if (heading) return inlineSpans(heading[1] ?? '', look, ['bold']);
  const quote = /^>\s?(.*)$/.exec(line);
  if (quote) return [span('▎ ', 'dim'), ...inlineSpans(quote[1] ?? '', look, [])];
  return inlineSpans(line.replace(/^(\s*)[-*+]\s+/, '$1• '), look, []);
}

function inlineSpans(text: string, look: Look, base: Format[]): Span[] {
  const spans: Span[] = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    const [whole, code, link, bold, italic, strike] = match;
    spans.push(span(withEmoji(text.slice(end, match.index)), ...base));
    end = match.index + whole.length;
    if (code !== undefined) spans.push(span(codeText(code, look), ...base, ...codeFormats(look)));
    else if (link !== undefined) spans.push(span(withEmoji(link), ...base, 'underline'));
    else if (bold !== undefined) spans.push(...inlineSpans(bold, look, [...base, 'bold']));
    else if (italic !== undefined) spans.push(...inlineSpans(italic, look, [...base, 'italic']));
    else if (strike !== undefined) spans.push(...inlineSpans(strike, look, [...base, 'strikethrough']));
  }
  spans.push(span(withEmoji(text.slice(end)), ...base));
  return spans.filter((each) => each.text !== '');
}
