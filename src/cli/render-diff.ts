import { printable } from '../printable.ts';
import type { Comparison, Difference, NotCompared, Weight } from '../workspace/diff/difference.ts';
import { countsOfComparison, shownDifference, weightOrder } from '../workspace/diff/words.ts';
import { aligned } from './table.ts';
import type { Terminal } from './terminal.ts';
import { hanging } from './wrap.ts';

/** What was compared, in words. */
export interface Compared {
  title: string;
  /** For what is on one side only. */
  words: { missing: string; extra: string };
  /** The one next step where something differs. */
  next: string;
}

/** The contract of `diff --json`. `waived`: by whom and why a difference was accepted; null: by nobody. */
export const diffJson = (
  { left, right }: { left: string; right: string },
  { differences, unknown }: Comparison,
): object => ({
  left,
  right,
  same: differences.length === 0 && unknown.length === 0,
  differences: differences.map((each) => ({ ...differenceJson(each), waived: null })),
  unknown: unknown.map(({ path, reason }) => ({ path, reason })),
});

export const differenceJson = ({ path, kind, weight, left, right }: Difference): object => ({
  path,
  kind,
  weight,
  left,
  right,
});

export const weightStyles: Record<Weight, { mark: string; style: 'red' | 'yellow' | 'dim' }> = {
  breaking: { mark: '✗', style: 'red' },
  risky: { mark: '!', style: 'yellow' },
  cosmetic: { mark: '~', style: 'dim' },
};

/** Counts first, then what differs, the heaviest first, then what could not be compared. */
export function renderDiff(comparison: Comparison, compared: Compared, terminal: Terminal): string {
  const { differences, unknown } = comparison;
  const next = nextStep(comparison, compared);
  const mark = differences.length > 0 ? '❌' : unknown.length > 0 ? '❔' : '✅';
  return [
    terminal.style('bold', `${mark} ${compared.title}: ${verdict(comparison)}`),
    countsOfComparison(comparison),
    ...(next ? [hanging('Next: ', next, terminal.width)] : []),
    ...weightOrder.flatMap((weight) =>
      group(
        weight,
        differences.filter((each) => each.weight === weight),
        compared,
        terminal,
      ),
    ),
    ...notCompared(unknown, terminal),
    '',
  ].join('\n');
}

const verdict = ({ differences, unknown }: Comparison): string =>
  differences.length > 0 ? 'different' : unknown.length > 0 ? 'could not tell' : 'the same';

function nextStep({ differences, unknown }: Comparison, { next }: Compared): string | null {
  if (differences.length > 0) return next;
  return unknown.length > 0 ? 'npm run -s envcheck -- doctor tries every connection' : null;
}

function group(weight: Weight, differences: Difference[], { words }: Compared, terminal: Terminal): string[] {
  if (differences.length === 0) return [];
  const { mark, style } = weightStyles[weight];
  const rows = differences.map((each) => [printable(each.path), printable(shownDifference(each, words))]);
  return ['', terminal.style(style, `${mark} ${weight}`), ...aligned(rows).map((line) => `    ${line}`)];
}

function notCompared(unknown: NotCompared[], terminal: Terminal): string[] {
  if (unknown.length === 0) return [];
  return [
    '',
    terminal.style('yellow', '? could not compare'),
    ...unknown.map(({ path, reason }) =>
      hanging('    ', `${path === '*' ? '' : `${printable(path)}: `}${printable(reason)}`, terminal.width),
    ),
  ];
}
