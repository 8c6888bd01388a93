import type { ActionsBlock, Button, KnownBlock, PlainTextOption, RichTextElement } from '@slack/types';
import type { Acceptance } from '../../approvals/waivers/acceptance.ts';
import { acceptanceText } from '../../text/acceptance-text.ts';
import type { Message } from '../../text/message.ts';
import type { Difference, NotCompared } from '../../workspace/diff/difference.ts';
import { comparisonCounts, differenceText, openDifferences } from '../../workspace/diff/difference-text.ts';
import { actionIds } from '../action-ids.ts';
import { fitBlocks } from './budget.ts';
import {
  differenceParts,
  groupByKind,
  notComparedBlock,
  type SideText,
  weightMarks,
} from './difference-lines.ts';
import { bold, bullets, clip, code, lineBreak, paragraph, plain, quoted, richText } from './text.ts';

export interface DiffView {
  /** Such as "uat → prod (production)" or "prod (production) since yesterday". */
  title: string;
  sideText: SideText;
  comparison: {
    differences: (Difference & { id: string; accepted: Acceptance | null })[];
    unknown: NotCompared[];
  };
  /** The snapshot of each side, with the side's label; null when the side could not be read. */
  snapshots: { label: string; snapshot: { hash: string; takenAt: number; items: number } | null }[];
  /** The next step when something differs: the command, and what it does. */
  next: { command: string; does: string };
  /** The next step when nothing differs but something could not be compared. */
  nextIfUnknown: string;
  /** The command that prints the full list. */
  complete: string;
  /** Button values; `same` is null when the comparison cannot be shown again. */
  value: { again: string; same: string | null };
  /** True between two environments: only those differences can be accepted. */
  acceptable: boolean;
  detail: 'short' | 'full';
  isPrivate: boolean;
}

/** Fits one screen; a button shows the full list. */
const SHORT_LINES = 20;
const SHORT_UNKNOWN = 5;
const FULL_UNKNOWN = 15;
const FULL_ACCEPTED = 20;

/** The counts, then the differences by kind, what could not be compared, and what is accepted. */
export function diffMessage(view: DiffView): Message {
  const { comparison, detail } = view;
  const open = openDifferences(comparison.differences);
  const counts = comparisonCounts(comparison);
  const parts = differenceParts(
    open,
    view.sideText,
    detail === 'full' ? Number.POSITIVE_INFINITY : SHORT_LINES,
  );
  const notShown = open.length - parts.reduce((sum, { lines }) => sum + lines, 0);
  const next = nextStep(view, open.length);
  const head: KnownBlock[] = [
    {
      type: 'header',
      text: { type: 'plain_text', text: clip(headline(view, open.length), 150), emoji: true },
    },
    richText(
      paragraph(
        bold(counts),
        ...(open.length === 0 ? [plain(comparedText(view))] : []),
        ...(next ? [lineBreak, bold('Next: '), ...next] : []),
      ),
    ),
  ];
  const foot = [
    ...(detail === 'short' && notShown > 0 ? [cutBlock(view, notShown)] : []),
    ...notComparedBlock(comparison.unknown, detail === 'full' ? FULL_UNKNOWN : SHORT_UNKNOWN),
    ...acceptedBlock(view),
    footer(view),
    ...buttons(view, open),
  ];
  const text = `${headline(view, open.length)}. ${counts}.${next ? ` Next: ${next.map(textOf).join('')}` : ''}`;
  return {
    text: quoted(text, 2_000),
    blocks: fitBlocks(
      head,
      parts.map(({ blocks }) => blocks),
      foot,
      (leftOut) =>
        cutBlock(
          view,
          parts.slice(parts.length - leftOut).reduce((sum, { lines }) => sum + lines, 0),
        ),
    ),
  };
}

const textOf = (element: RichTextElement): string => ('text' in element && element.text) || '';

function headline({ title, comparison }: DiffView, open: number): string {
  const accepted = comparison.differences.length > open;
  if (open > 0) return `❌ ${title}: different`;
  if (comparison.unknown.length > 0) return `❔ ${title}: could not tell`;
  return `✅ ${title}: ${accepted ? 'the same except for what is accepted' : 'identical'}`;
}

/** The number of items compared; without differences both sides have the same number. */
function comparedText({ snapshots, comparison }: DiffView): string {
  const [left, right] = snapshots.map(({ snapshot }) => snapshot);
  if (!left || !right) return '';
  const items = `${Math.min(left.items, right.items).toLocaleString('en-US')} items compared`;
  const same =
    left.hash === right.hash && comparison.differences.length === 0
      ? ', both sides are the same snapshot'
      : '';
  return `, ${items}${same}`;
}

function nextStep({ comparison, next, nextIfUnknown }: DiffView, open: number) {
  if (open > 0) return [code(next.command), plain(` ${next.does}`)];
  return comparison.unknown.length > 0 ? [plain(nextIfUnknown)] : null;
}

const cutBlock = ({ complete }: DiffView, count: number): KnownBlock =>
  richText(
    paragraph(
      bold(`${count} more ${count === 1 ? 'difference is' : 'differences are'} not shown. `),
      plain('Full list: '),
      code(complete),
    ),
  );

function acceptedBlock({ comparison, detail, sideText }: DiffView): KnownBlock[] {
  const accepted = comparison.differences.filter((each) => each.accepted !== null);
  if (accepted.length === 0) return [];
  const title = paragraph(
    bold(`~ Accepted: ${accepted.length}. `),
    code('/envcheck waivers'),
    plain(' shows who accepted them and why'),
  );
  if (detail === 'short') return [richText(title)];
  const shown = accepted.slice(0, FULL_ACCEPTED);
  const more = accepted.length - shown.length;
  return [
    richText(
      title,
      bullets([
        ...shown.map((each): RichTextElement[] => [
          code(clip(each.path, 150)),
          plain(
            ` ${clip(differenceText(each, sideText), 100)}; ${each.accepted ? clip(acceptanceText(each.accepted), 150) : ''}`,
          ),
        ]),
        ...(more > 0 ? [[plain(`…and ${more} more`)]] : []),
      ]),
    ),
  ];
}

/** Safe as mrkdwn: it holds only environment names, hashes and times. */
function footer({ snapshots }: DiffView): KnownBlock {
  const parts = snapshots.map(({ label, snapshot }) => {
    if (!snapshot) return `${label}: not read`;
    const iso = new Date(snapshot.takenAt).toISOString();
    const time = `<!date^${Math.floor(snapshot.takenAt / 1000)}^{date_short_pretty} {time_secs}|${iso}>`;
    return `${label}: snapshot \`${snapshot.hash.slice(0, 12)}\`, ${time}`;
  });
  return { type: 'context', elements: [{ type: 'mrkdwn', text: clip(parts.join(' · '), 2_900) }] };
}

function buttons(view: DiffView, open: DiffView['comparison']['differences']): KnownBlock[] {
  const { value, detail, isPrivate, acceptable } = view;
  const button = (text: string, action_id: string, carried: string): Button => ({
    type: 'button',
    text: { type: 'plain_text', text },
    action_id,
    value: carried,
  });
  const { same } = value;
  const select: ActionsBlock['elements'] =
    acceptable && detail === 'short' && same !== null && open.length > 0
      ? [
          {
            type: 'static_select',
            action_id: actionIds.acceptDifference,
            placeholder: { type: 'plain_text', text: 'Accept…' },
            options: shownFirst(open).map((each) => optionOf(each, view.sideText)),
          },
        ]
      : [];
  return [
    {
      type: 'actions',
      // A menu returns only the chosen option, so the block id carries the comparison.
      ...(select.length > 0 && same !== null ? { block_id: same } : {}),
      elements: [
        button('Compare again', actionIds.compareAgain, value.again),
        ...(detail === 'short' && same !== null && view.comparison.differences.length > 0
          ? [button('Show all', actionIds.showAllDifferences, same)]
          : []),
        ...(isPrivate && same !== null ? [button('Share', actionIds.shareDiff, same)] : []),
        ...select,
      ],
    },
  ];
}

/** The open differences that the message shows, in its order. */
const shownFirst = <D extends Difference>(open: readonly D[]): D[] =>
  groupByKind(open)
    .flatMap(({ list }) => list)
    .slice(0, SHORT_LINES);

const optionOf = (difference: Difference & { id: string }, sideText: SideText): PlainTextOption => ({
  text: {
    type: 'plain_text',
    text: clip(`${weightMarks[difference.weight]} ${tail(difference.path)}`, 75),
    emoji: false,
  },
  description: { type: 'plain_text', text: clip(differenceText(difference, sideText), 75), emoji: false },
  value: difference.id,
});

/** A long path keeps its end, which is more specific than its beginning. */
const tail = (path: string): string => (path.length > 70 ? `…${path.slice(-69)}` : path);
