import { stripVTControlCharacters, styleText } from 'node:util';

export type Format =
  | 'bold'
  | 'italic'
  | 'dim'
  | 'underline'
  | 'strikethrough'
  | 'cyan'
  | 'green'
  | 'red'
  | 'yellow';

/** A run of text with the same formats. */
export interface Span {
  text: string;
  formats: Format[];
}

/** One line of the terminal. */
export type Line = Span[];

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
const WIDE =
  /^(\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}])/u;
const ZERO = /^[\p{Mark}\p{Cf}]+$/u;
// Characters to remove after the escape sequences: C0 and C1 controls, and marks that reverse the reading direction.
const UNSAFE = /(?!\n)[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Removes everything that could control a terminal. Newlines stay, tabs become spaces. */
export function sanitize(text: string): string {
  const unixLines = text.replaceAll('\r\n', '\n').replaceAll('\t', '    ');
  // Removing a sequence can leave a new one, so control characters are removed as well.
  return stripVTControlCharacters(unixLines).replace(UNSAFE, '');
}

export function span(text: string, ...formats: Format[]): Span {
  return { text, formats };
}

/** Width of text on a terminal, columns. */
export function textWidth(text: string): number {
  let columns = 0;
  for (const { segment } of segmenter.segment(text)) columns += graphemeColumns(segment);
  return columns;
}

function graphemeColumns(grapheme: string): number {
  if (ZERO.test(grapheme)) return 0;
  return WIDE.test(grapheme) ? 2 : 1;
}

export function lineWidth(line: Line): number {
  return line.reduce((sum, each) => sum + textWidth(each.text), 0);
}

/** Breaks spans at newlines and spaces, so that no line is wider than `width` columns. */
export function wrap(spans: Span[], width: number): Line[] {
  return splitLines(spans).flatMap((line) => wrapLine(line, Math.max(width, 1)));
}

/** Breaks code only at the full width, and keeps every space. */
export function wrapHard(spans: Span[], width: number): Line[] {
  return splitLines(spans).flatMap((line) => breakWord(line, Math.max(width, 1)));
}

function splitLines(spans: Span[]): Line[] {
  const lines: Line[] = [[]];
  for (const each of spans) {
    each.text.split('\n').forEach((part, index) => {
      if (index > 0) lines.push([]);
      if (part !== '') lines.at(-1)?.push({ text: part, formats: each.formats });
    });
  }
  return lines;
}

/** Start of continued lines: spaces as wide as the line's bullet, number or emoji, or a quote's bar. */
function continuation(line: Line, width: number): Span {
  const text = line.map((each) => each.text).join('');
  if (text.startsWith('▎ ')) return span('▎ ', 'dim');
  const mark = /^\s*(?:[•◦▪-]\s+|\d+\.\s+|\p{Extended_Pictographic}\ufe0f?\s+)/u.exec(text)?.[0] ?? '';
  const indent = textWidth(mark);
  return span(indent > width / 3 ? '' : ' '.repeat(indent));
}

function wrapLine(line: Line, width: number): Line[] {
  if (lineWidth(line) <= width) return [line];
  const start = continuation(line, width);
  const indent = textWidth(start.text);
  const lines: Line[] = [[]];
  let used = 0;
  let gap: Span | null = null;
  for (const word of words(line)) {
    const isSpace = word.every((each) => /^ +$/.test(each.text));
    const columns = lineWidth(word);
    if (isSpace && used > (lines.length > 1 ? indent : 0)) {
      gap = word[0] ?? null;
      continue;
    }
    if (used + (gap ? textWidth(gap.text) : 0) + columns > width && used > indent) {
      lines.push(indent > 0 ? [start] : []);
      used = indent;
      gap = null;
    }
    const room = width - used - (gap ? textWidth(gap.text) : 0);
    const pieces = columns > room ? breakWord(word, Math.max(room, 1)) : [word];
    pieces.forEach((piece, index) => {
      if (index > 0) {
        lines.push(indent > 0 ? [start] : []);
        used = indent;
      }
      const parts = gap ? [gap, ...piece] : piece;
      gap = null;
      lines.at(-1)?.push(...parts);
      used += lineWidth(parts);
    });
  }
  return lines;
}

/** Words and the spaces between them, in order. A word may span several formats. */
function words(line: Line): Line[] {
  const found: Line[] = [];
  let wasSpace: boolean | null = null;
  for (const each of line) {
    for (const text of each.text.split(/( +)/).filter((part) => part !== '')) {
      const isSpace = text.startsWith(' ');
      if (isSpace || wasSpace !== false) found.push([]);
      found.at(-1)?.push({ text, formats: each.formats });
      wasSpace = isSpace;
    }
  }
  return found;
}

function breakWord(word: Line, width: number): Line[] {
  const lines: Line[] = [[]];
  let used = 0;
  for (const each of word) {
    let text = '';
    for (const { segment } of segmenter.segment(each.text)) {
      const columns = graphemeColumns(segment);
      if (used + columns > width && used > 0) {
        lines.at(-1)?.push({ text, formats: each.formats });
        lines.push([]);
        text = '';
        used = 0;
      }
      text += segment;
      used += columns;
    }
    if (text !== '') lines.at(-1)?.push({ text, formats: each.formats });
  }
  return lines;
}

/** Puts cells side by side, two spaces apart. Each cell is already wrapped to its width. */
export function joinColumns(cells: Line[][], widths: number[]): Line[] {
  const height = Math.max(0, ...cells.map((cell) => cell.length));
  return Array.from({ length: height }, (_, row) =>
    cells.flatMap((cell, column) => {
      const line = cell[row] ?? [];
      const isLast = column === cells.length - 1;
      const padding = isLast ? 0 : (widths[column] ?? 0) - lineWidth(line) + 2;
      return [...line, span(' '.repeat(Math.max(padding, 0)))];
    }),
  );
}

/** The line with formats added to every span. */
export function withFormats(line: Line, ...formats: Format[]): Line {
  return line.map((each) => ({ text: each.text, formats: [...each.formats, ...formats] }));
}

/** Lines as terminal text, without trailing spaces. */
export function print(lines: Line[], color: boolean): string {
  return lines.map((line) => printLine(line, color)).join('\n');
}

function printLine(line: Line, color: boolean): string {
  const runs = joined(line);
  while (runs.length > 0 && runs.at(-1)?.text.trim() === '') runs.pop();
  const last = runs.at(-1);
  if (last) last.text = last.text.trimEnd();
  // The caller decides about colour, because it knows the destination; styleText must not check stdout.
  return runs
    .map(({ text, formats }) =>
      color && formats.length > 0 ? styleText(formats, text, { validateStream: false }) : text,
    )
    .join('');
}

/** Merges neighbouring spans with the same formats. */
function joined(line: Line): Span[] {
  const runs: Span[] = [];
  for (const { text, formats } of line) {
    const unique = [...new Set(formats)].sort();
    const last = runs.at(-1);
    if (last && last.formats.join() === unique.join()) last.text += text;
    else runs.push({ text, formats: unique });
  }
  return runs;
}
