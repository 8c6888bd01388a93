import { printable } from '../text/printable.ts';

/** Breaks text at blanks into lines of at most `width` columns. A longer word gets a line of its own. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line ? `${line} ${word}` : word;
  }
  return [...lines, line];
}

/** A label and wrapped text, which may be foreign, with every line of the text indented by the width of the label. */
export function hangingIndent(label: string, text: string, width: number): string {
  const [first = '', ...rest] = wrap(printable(text), Math.max(20, width - label.length));
  return [label + first, ...rest.map((line) => ' '.repeat(label.length) + line)].join('\n');
}
