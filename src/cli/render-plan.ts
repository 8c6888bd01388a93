import { printable } from '../text/printable.ts';
import type { NotCompared } from '../workspace/diff/difference.ts';
import type { PlanStep } from '../workspace/diff/plan.ts';
import { planCounts, sectionTitles } from '../workspace/diff/plan.ts';
import { csvLine } from './csv.ts';

export interface Plan {
  /** Labels of the two environments. */
  left: string;
  right: string;
  steps: PlanStep[];
  unknown: NotCompared[];
  /** Number of accepted differences, which are left out. */
  accepted: number;
}

/** A Markdown checklist. Its sections follow the order in which the items can be created. */
export function planMarkdown({ left, right, steps, unknown, accepted }: Plan): string {
  const [removals, rest] = [
    steps.filter(({ action }) => action === 'remove'),
    steps.filter(({ action }) => action !== 'remove'),
  ];
  const sections = [...Map.groupBy(rest, ({ section }) => section)].map(
    ([section, list]) => [sectionTitles[section], list] as const,
  );
  const all = removals.length > 0 ? [...sections, [`Only in ${right}`, removals] as const] : sections;
  return [
    `# What ${escaped(right)} needs to match ${escaped(left)}`,
    '',
    `${planCounts(steps, unknown, accepted)}.`,
    ...all.flatMap(([title, list]) => ['', `## ${escaped(title)}`, '', ...list.flatMap(stepLines)]),
    ...(unknown.length > 0 ? ['', '## Could not be compared', '', ...unknown.map(unknownLine)] : []),
    '',
  ].join('\n');
}

const stepLines = ({ title, weight, details }: PlanStep): string[] => [
  `- [ ] ${escaped(title)} (${weight})`,
  ...details.map((detail) => `  - ${escaped(detail)}`),
];

const unknownLine = ({ path, reason }: NotCompared): string =>
  `- ${path === '*' ? '' : `${escaped(path)}: `}${escaped(reason)}`;

/** Escapes names and values, which are text and not Markdown. */
const escaped = (text: string): string => printable(text).replace(/[\\`*_[\]<>#|~&]/g, '\\$&');

/** One row per step, for a spreadsheet. Rows for what could not be compared come last. */
export const planCsv = ({ steps, unknown }: Plan): string =>
  [
    csvLine(['step', 'section', 'action', 'weight', 'path', 'what to do', 'details']),
    ...steps.map(({ section, action, weight, path, title, details }, index) =>
      csvLine([index + 1, sectionTitles[section], action, weight, path, title, details.join('\n')]),
    ),
    ...unknown.map(({ path, reason }) =>
      csvLine([null, null, 'could not compare', null, path, reason, null]),
    ),
  ].join('');

/** The contract of `plan --json`. */
export const planJson = (
  names: { left: string; right: string },
  { steps, unknown, accepted }: Pick<Plan, 'steps' | 'unknown' | 'accepted'>,
): object => ({ ...names, steps, unknown, accepted });
