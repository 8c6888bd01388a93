import type { Acceptance } from '../approvals/waivers/acceptance.ts';
import { acceptanceText } from '../text/acceptance-text.ts';
import { printable } from '../text/printable.ts';
import type { Comparison, Difference, NotCompared, Weight } from '../workspace/diff/difference.ts';
import {
  comparisonCounts,
  differenceText,
  openDifferences,
  weightOrder,
} from '../workspace/diff/difference-text.ts';
import { iso } from './event-json.ts';
import { alignColumns } from './table.ts';
import type { Terminal } from './terminal.ts';
import { hangingIndent } from './wrap.ts';

/** The two sides of a comparison, as text. */
export interface ComparedSides {
  title: string;
  /** Text for a difference that exists on one side only. */
  sideText: { missing: string; extra: string };
  /** The next step when something differs. */
  next: string;
  /** The next step when nothing differs but something could not be compared; null: run `doctor`. */
  nextIfUnknown: string | null;
}

type ShownComparison = Omit<Comparison, 'differences'> & {
  differences: (Difference & { accepted?: Acceptance | null })[];
};

/**
 * The contract of `diff --json`. `waived` says who accepted a difference and why, or is null. `same` follows the exit code:
 * accepted differences do not count.
 */
export const diffJson = (
  { left, right }: { left: string; right: string },
  { differences, unknown }: ShownComparison,
): object => ({
  left,
  right,
  same: openDifferences(differences).length === 0 && unknown.length === 0,
  differences: differences.map((each) => ({ ...differenceJson(each), waived: waivedJson(each.accepted) })),
  unknown: unknown.map(({ path, reason }) => ({ path, reason })),
});

const waivedJson = (acceptance: Acceptance | null | undefined): object | null =>
  acceptance
    ? {
        by: acceptance.kind === 'waiver' ? acceptance.by : 'config',
        reason: acceptance.reason,
        until: acceptance.until === null ? null : iso(acceptance.until),
        id: acceptance.kind === 'waiver' ? acceptance.id : null,
        rule: acceptance.kind === 'ignored' ? acceptance.path : null,
      }
    : null;

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

/** Counts, then the differences, heaviest first, then what could not be compared. */
export function renderDiff(comparison: ShownComparison, compared: ComparedSides, terminal: Terminal): string {
  const { unknown } = comparison;
  const differences = openDifferences(comparison.differences);
  const accepted = comparison.differences.filter((each) => !differences.includes(each));
  const next = nextStep({ differences, unknown }, compared);
  const mark = differences.length > 0 ? '❌' : unknown.length > 0 ? '❔' : '✅';
  return [
    terminal.style(
      'bold',
      `${mark} ${compared.title}: ${verdict({ differences, unknown }, accepted.length)}`,
    ),
    comparisonCounts(comparison),
    ...(next ? [hangingIndent('Next: ', next, terminal.width)] : []),
    ...weightOrder.flatMap((weight) =>
      group(
        weight,
        differences.filter((each) => each.weight === weight),
        compared,
        terminal,
      ),
    ),
    ...notCompared(unknown, terminal),
    ...acceptedLines(accepted, compared, terminal),
    '',
  ].join('\n');
}

function verdict({ differences, unknown }: Comparison, accepted: number): string {
  if (differences.length > 0) return 'different';
  if (unknown.length > 0) return 'could not tell';
  return accepted > 0 ? 'the same except for accepted differences' : 'the same';
}

function acceptedLines(
  differences: ShownComparison['differences'],
  { sideText }: ComparedSides,
  terminal: Terminal,
): string[] {
  if (differences.length === 0) return [];
  const lines = differences.flatMap((each) => [
    `    ${printable(each.path)}  ${printable(differenceText(each, sideText))}`,
    ...(each.accepted ? [hangingIndent('      ', acceptanceText(each.accepted), terminal.width)] : []),
  ]);
  return ['', terminal.style('cyan', '~ accepted'), ...lines];
}

function nextStep(
  { differences, unknown }: Comparison,
  { next, nextIfUnknown }: ComparedSides,
): string | null {
  if (differences.length > 0) return next;
  return unknown.length > 0
    ? (nextIfUnknown ?? 'npm run -s envcheck -- doctor tests every connection')
    : null;
}

function group(
  weight: Weight,
  differences: Difference[],
  { sideText }: ComparedSides,
  terminal: Terminal,
): string[] {
  if (differences.length === 0) return [];
  const { mark, style } = weightStyles[weight];
  const rows = differences.map((each) => [printable(each.path), printable(differenceText(each, sideText))]);
  return ['', terminal.style(style, `${mark} ${weight}`), ...alignColumns(rows).map((line) => `    ${line}`)];
}

function notCompared(unknown: NotCompared[], terminal: Terminal): string[] {
  if (unknown.length === 0) return [];
  return [
    '',
    terminal.style('yellow', '? could not compare'),
    ...unknown.map(({ path, reason }) =>
      hangingIndent(
        '    ',
        `${path === '*' ? '' : `${printable(path)}: `}${printable(reason)}`,
        terminal.width,
      ),
    ),
  ];
}
