import type { KnownBlock, RichTextElement } from '@slack/types';
import { pluralize } from '../../text/counts.ts';
import type { Difference, NotCompared, Weight } from '../../workspace/diff/difference.ts';
import { differenceText, weightOrder } from '../../workspace/diff/difference-text.ts';
import { segment, splitPath } from '../../workspace/diff/path.ts';
import { sectionTitles } from '../../workspace/diff/plan.ts';
import { bold, bullets, clip, code, paragraph, plain, richText } from './text.ts';

export interface SideText {
  missing: string;
  extra: string;
}

export const weightMarks: Record<Weight, string> = { breaking: '✗', risky: '!', cosmetic: '~' };

const MAX_PATH = 200;
const MAX_VALUES = 220;
const PER_BLOCK = 8;

const heaviestFirst = (left: Difference, right: Difference): number =>
  weightOrder.indexOf(left.weight) - weightOrder.indexOf(right.weight);

/** Groups by kind, the heaviest differences first, both within a group and among groups. */
export function groupByKind<D extends Difference>(differences: readonly D[]): { title: string; list: D[] }[] {
  const titles: Record<string, string> = sectionTitles;
  const groups = Map.groupBy(differences, ({ path }) => splitPath(path)[0] ?? '');
  return [...groups]
    .map(([kind, list]) => ({ title: titles[kind] ?? kind, list: list.toSorted(heaviestFirst) }))
    .sort((left, right) => {
      const [one, other] = [left.list[0], right.list[0]];
      return one && other ? heaviestFirst(one, other) : 0;
    });
}

/** Such as "2 breaking, 1 risky". */
export const weightCounts = (differences: readonly Difference[]): string =>
  weightOrder
    .map((weight) => ({ weight, count: differences.filter((each) => each.weight === weight).length }))
    .filter(({ count }) => count > 0)
    .map(({ weight, count }) => `${count} ${weight}`)
    .join(', ');

/** A part of a message and its number of lines, so that a cut states an exact count. */
export interface DifferencePart {
  blocks: KnownBlock[];
  lines: number;
}

/** One or more parts for each kind, the first with a title; `most` is the total number of lines. */
export function differenceParts(
  differences: readonly Difference[],
  sideText: SideText,
  most: number,
): DifferencePart[] {
  const parts: DifferencePart[] = [];
  let room = most;
  for (const { title, list } of groupByKind(differences)) {
    const shown = list.slice(0, room);
    room -= shown.length;
    for (let from = 0; from < shown.length; from += PER_BLOCK) {
      const lines = shown.slice(from, from + PER_BLOCK);
      const head = from === 0 ? [paragraph(bold(title), plain(`: ${weightCounts(list)}`))] : [];
      parts.push({
        blocks: [richText(...head, bullets(lines.map((each) => differenceLine(each, sideText))))],
        lines: lines.length,
      });
    }
  }
  return parts;
}

/** Such as `✗ breaking templates/Order Form/fields/effective_date type: text → date`. */
export function differenceLine(difference: Difference, sideText: SideText): RichTextElement[] {
  const { weight } = difference;
  const { item, field } = placeOf(difference);
  return [
    plain(`${weightMarks[weight]} ${weight} `),
    code(clip(item, MAX_PATH)),
    plain(
      ` ${field === null ? '' : `${clip(field, 60)}: `}${clip(differenceText(difference, sideText), MAX_VALUES)}`,
    ),
  ];
}

/** A path alternates list and name; a segment after the last name is a field of that item. */
function placeOf({ path, kind }: Difference): { item: string; field: string | null } {
  const names = splitPath(path);
  if (kind !== 'changed' || names.length % 2 === 0) return { item: path, field: null };
  return { item: names.slice(0, -1).map(segment).join('/'), field: names.at(-1) ?? null };
}

/** Facts that could not be compared have their own section: they are neither different nor the same. */
export function notComparedBlock(unknown: readonly NotCompared[], most: number): KnownBlock[] {
  if (unknown.length === 0) return [];
  const shown = unknown.slice(0, most);
  const lines = shown.map(({ path, reason }): RichTextElement[] =>
    path === '*' ? [plain(clip(reason, 400))] : [code(clip(path, MAX_PATH)), plain(` ${clip(reason, 300)}`)],
  );
  const more = unknown.length - shown.length;
  return [
    richText(
      paragraph(
        bold(`? Could not compare: ${pluralize(unknown.length, 'place')}`),
        plain('; these may differ'),
      ),
      bullets([...lines, ...(more > 0 ? [[plain(`…and ${more} more`)]] : [])]),
    ),
  ];
}
