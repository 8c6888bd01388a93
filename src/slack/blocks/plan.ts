import type { KnownBlock, RichTextElement } from '@slack/types';
import type { Message } from '../../text/message.ts';
import type { NotCompared } from '../../workspace/diff/difference.ts';
import type { PlanStep } from '../../workspace/diff/plan.ts';
import { planCounts, sectionTitles } from '../../workspace/diff/plan.ts';
import { fitBlocks } from './budget.ts';
import { notComparedBlock } from './difference-lines.ts';
import { bold, bullets, clip, code, lineBreak, paragraph, plain, quoted, richText } from './text.ts';

export interface PlanView {
  /** Labels of the model and the target. */
  model: string;
  target: string;
  steps: PlanStep[];
  unknown: NotCompared[];
  /** Number of accepted differences, which the plan leaves out. */
  accepted: number;
  /** The command that writes the full plan to a file. */
  complete: string;
  /** The command that shows what is left when the plan is done. */
  compare: string;
}

const PER_BLOCK = 6;
const MAX_DETAILS = 3;
const MAX_UNKNOWN = 5;

/** A checklist, section by section, in the order in which items can be created; items only in the target come last. */
export function planMessage(view: PlanView): Message {
  const { model, target, steps, unknown, accepted, complete, compare } = view;
  const counts = planCounts(steps, unknown, accepted);
  const mark = steps.length > 0 ? '📋' : unknown.length > 0 ? '❔' : '✅';
  const title = `${mark} What ${target} needs to match ${model}`;
  const next: RichTextElement[] =
    steps.length > 0
      ? [plain('Work from top to bottom; '), code(compare), plain(' shows what is left')]
      : unknown.length > 0
        ? [plain('Compare again once these can be read: '), code(compare)]
        : [];
  const parts = planParts(steps, target);
  const linesIn = (some: typeof parts) => some.reduce((sum, { lines }) => sum + lines, 0);
  const head: KnownBlock[] = [
    { type: 'header', text: { type: 'plain_text', text: clip(title, 150), emoji: true } },
    richText({
      type: 'rich_text_section',
      elements: [bold(counts), ...(next.length > 0 ? [lineBreak, bold('Next: '), ...next] : [])],
    }),
  ];
  const foot = [
    ...notComparedBlock(unknown, MAX_UNKNOWN),
    ...(steps.length > 0 ? [richText(paragraph(plain('Full plan as a file: '), code(complete)))] : []),
  ];
  return {
    text: quoted(`${title}: ${counts}.`, 2_000),
    blocks: fitBlocks(
      head,
      parts.map(({ blocks }) => blocks),
      foot,
      (leftOut) => {
        const count = linesIn(parts.slice(parts.length - leftOut));
        return richText(paragraph(bold(`${count} more ${count === 1 ? 'step is' : 'steps are'} not shown.`)));
      },
    ),
  };
}

function planParts(steps: readonly PlanStep[], target: string) {
  const isRemoval = ({ action }: PlanStep) => action === 'remove';
  const sections = [
    ...[
      ...Map.groupBy(
        steps.filter((step) => !isRemoval(step)),
        ({ section }) => section,
      ),
    ].map(([section, list]) => ({ title: sectionTitles[section], list })),
    { title: `Only in ${target}`, list: steps.filter(isRemoval) },
  ];
  return sections.flatMap(({ title, list }) =>
    Array.from({ length: Math.ceil(list.length / PER_BLOCK) }, (_, index) => {
      const some = list.slice(index * PER_BLOCK, (index + 1) * PER_BLOCK);
      const head = index === 0 ? [paragraph(bold(title))] : [];
      return { blocks: [richText(...head, bullets(some.map(stepLine)))], lines: some.length };
    }),
  );
}

function stepLine({ title, weight, details }: PlanStep): RichTextElement[] {
  const shown = details.slice(0, MAX_DETAILS).map((detail) => clip(detail, 120));
  const more = details.length - shown.length;
  const all = [...shown, ...(more > 0 ? [`…and ${more} more`] : [])];
  return [
    plain(`☐ ${clip(title, 260)} (${weight})`),
    ...(all.length > 0 ? [lineBreak, plain(all.join('; '))] : []),
  ];
}
