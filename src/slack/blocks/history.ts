import type { KnownBlock, RichTextElement } from '@slack/types';
import type { Change, History } from '../../inspect/read-history.ts';
import { pluralize } from '../../text/counts.ts';
import type { Message } from '../../text/message.ts';
import { OVER_TIME } from '../../workspace/diff/difference-text.ts';
import { fitBlocks } from './budget.ts';
import { differenceLine, groupByKind, weightCounts } from './difference-lines.ts';
import {
  bold,
  bullets,
  clip,
  code,
  dateElement,
  lineBreak,
  paragraph,
  plain,
  quoted,
  richText,
} from './text.ts';

export interface HistoryView {
  /** Label of the environment. */
  label: string;
  history: History;
  /** The command that shows everything. */
  complete: string;
  /** The command that compares with the earlier state, as the next step. */
  since: string;
  /** The numbers of the picture and the reason why it is missing; null when the picture is there. */
  picture: string | null;
}

const MAX_CHANGES = 12;
const LINES_EACH = 6;

/** The changes of an environment with time, differences and both snapshots; newest first. */
export function historyMessage(view: HistoryView): Message {
  const { label, history, complete } = view;
  const { firstAt, lastAt, readings, changes } = history;
  if (firstAt === null || lastAt === null) {
    const text = `${label} has no snapshots yet. Every check and every comparison takes one.`;
    return { text: quoted(text, 1_000), blocks: [richText(paragraph(plain(text))), ...pictureBlock(view)] };
  }
  const counts = `${pluralize(changes.length, 'change')} in ${pluralize(readings, 'reading')}`;
  const title = `History of ${label}`;
  const head: KnownBlock[] = [
    { type: 'header', text: { type: 'plain_text', text: clip(title, 150) } },
    richText({
      type: 'rich_text_section',
      elements: [
        bold(counts),
        plain(', '),
        dateElement(firstAt),
        plain(' to '),
        dateElement(lastAt),
        ...(changes.length > 0 ? nextStep(view) : []),
      ],
    }),
  ];
  const shown = changes.slice(0, MAX_CHANGES);
  const older = changes.length - shown.length;
  const cut = (count: number): KnownBlock =>
    richText(
      paragraph(
        bold(`${count} older ${count === 1 ? 'change is' : 'changes are'} not shown here. `),
        plain('All of them: '),
        code(complete),
      ),
    );
  return {
    text: quoted(`${title}: ${counts}, ${iso(firstAt)} to ${iso(lastAt)}.`, 1_000),
    blocks: fitBlocks(
      head,
      shown.map((change) => [changeBlock(change)]),
      [...(older > 0 ? [cut(older)] : []), ...pictureBlock(view)],
      // Older changes have their own line, so this one counts only what does not fit.
      (leftOut) =>
        older > 0
          ? richText(paragraph(bold(`${leftOut} newer ones do not fit into a message.`)))
          : cut(leftOut),
    ),
  };
}

const iso = (at: number): string => new Date(at).toISOString();

const nextStep = ({ since }: HistoryView): RichTextElement[] => [
  lineBreak,
  bold('Next: '),
  code(since),
  plain(' compares it with that state'),
];

function changeBlock({ at, notBefore, from, to, differences }: Change): KnownBlock {
  const lines = groupByKind(differences).flatMap(({ list }) => list);
  const shown = lines.slice(0, LINES_EACH);
  const more = lines.length - shown.length;
  return richText(
    {
      type: 'rich_text_section',
      elements: [
        dateElement(at),
        bold(` ${weightCounts(differences)}`),
        lineBreak,
        plain('unchanged until at least '),
        dateElement(notBefore),
        plain(', snapshots '),
        code(from.slice(0, 12)),
        plain(' → '),
        code(to.slice(0, 12)),
      ],
    },
    bullets([
      ...shown.map((each) => differenceLine(each, OVER_TIME)),
      ...(more > 0 ? [[plain(`…and ${more} more`)]] : []),
    ]),
  );
}

const pictureBlock = ({ picture }: HistoryView): KnownBlock[] =>
  picture === null ? [] : [richText(paragraph(plain(clip(picture, 1_000))))];
