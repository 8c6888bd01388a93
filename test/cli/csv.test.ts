import { expect, it } from 'vitest';
import { csvLine } from '../../src/cli/csv.ts';
import fc from '../fast-check.ts';

/** A strict parser of RFC 4180. */
function parseCsv(text: string): string[][] {
  const lines: string[][] = [];
  let cells: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  while (cell.lastIndex < text.length) {
    const at = cell.lastIndex;
    const match = cell.exec(text);
    if (!match) throw new Error(`not CSV at ${at}: ${text.slice(at)}`);
    cells.push(match[1] === undefined ? (match[2] ?? '') : match[1].replaceAll('""', '"'));
    if (match[3] === '\r\n') {
      lines.push(cells);
      cells = [];
    }
  }
  expect(cells).toEqual([]);
  return lines;
}

/** Any text, with many of the characters that an attacker would choose. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom(
      '=',
      '+',
      '-',
      '@',
      '\t',
      '\r',
      '\n',
      ' ',
      '"',
      ',',
      "'",
      'a',
      '\u00a0',
      '\u200b',
      '＝',
    ),
  }),
);

it('any cells are read back unchanged, except for a leading apostrophe', () => {
  fc.assert(
    fc.property(fc.array(fc.array(text, { minLength: 1 }), { minLength: 1 }), (rows) => {
      const read = parseCsv(rows.map(csvLine).join(''));
      expect(read.map((cells) => cells.length)).toEqual(rows.map((cells) => cells.length));
      for (const [index, cells] of rows.entries())
        for (const [column, cell] of cells.entries())
          expect([cell, `'${cell}`]).toContain(read[index]?.[column]);
    }),
  );
});

it('no cell begins like a formula, even after blanks and invisible characters', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(' ', '\u00a0', '\ufeff', '\u200b', '\0') }),
      text,
      (blanks, rest) => {
        const [[cell = ''] = []] = parseCsv(csvLine([blanks + rest]));
        expect(cell).not.toMatch(/^[ \u00a0\ufeff\u200b\0]*[=+\-@\t\r\n＝＋－＠]/);
      },
    ),
  );
});

it.each([
  ["=HYPERLINK('http://x')", "'=HYPERLINK('http://x')"],
  ['  +1', "'  +1"],
  ['-2+3', "'-2+3"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\tx', "'\tx"],
  ['\rx', `"'\rx"`],
  ['2026-09-17', '2026-09-17'],
  ['a"b', '"a""b"'],
  ['a,b', '"a,b"'],
])('%j is written as %j', (cell, written) => {
  expect(csvLine([cell])).toBe(`${written}\r\n`);
});

it('null is an empty cell', () => {
  expect(csvLine([null, 0, false, ''])).toBe(',0,false,\r\n');
});
