import type { KnownBlock, RichTextElement } from '@slack/types';
import type { FindResult, TimelineEntry } from '../../eventlog/find.ts';
import { environmentLabel } from '../../readiness/environment-label.ts';
import { actionIds } from '../action-ids.ts';
import { fitBlocks } from './budget.ts';
import type { Message } from './message.ts';
import { bold, bullets, clip, code, paragraph, plain, quoted, richText } from './text.ts';

/** Entries of the timeline that stand in one block. */
const PER_BLOCK = 8;
const MAX_VALUE = 200;

export interface TimelineView {
  environments: readonly { name: string; production: boolean }[];
  /** Only the asker sees it: it can be shared. */
  isPrivate: boolean;
}

/** What happened to an id, oldest first; or the ids that begin like it; or why nothing was found. */
export function timelineMessage(result: FindResult, view: TimelineView): Message {
  const title = clip(`🔎 ${result.query}`, 150);
  const head: KnownBlock[] = [
    { type: 'header', text: { type: 'plain_text', text: title, emoji: false } },
    richText(paragraph(bold(summaryOf(result)))),
  ];
  const foot = view.isPrivate && result.matches.length > 0 ? [shareButton(result.query)] : [];
  return {
    text: quoted(`${result.query}: ${summaryOf(result)}`, 1_000),
    blocks: fitBlocks(head, bodyOf(result, view), foot, (leftOut) =>
      richText(
        paragraph(
          bold(`${leftOut} more ${leftOut === 1 ? 'part does' : 'parts do'} not fit into a message. `),
          plain(`All of it: npm run -s envcheck -- find ${clip(result.query, MAX_VALUE)}`),
        ),
      ),
    ),
  };
}

const isAmbiguous = ({ matches }: FindResult): boolean => new Set(matches.map(({ value }) => value)).size > 1;

function summaryOf(result: FindResult): string {
  if (result.reason) return result.reason;
  if (isAmbiguous(result)) return `${result.matches.length} ids begin like this. Ask for one of them:`;
  const deliveries = result.events.reduce((sum, event) => sum + event.deliveries.length, 0);
  const refused = result.timeline.filter(({ kind }) => kind === 'refused').length;
  return [
    `${result.events.length} ${result.events.length === 1 ? 'event' : 'events'}`,
    `${deliveries} ${deliveries === 1 ? 'delivery' : 'deliveries'}`,
    ...(refused > 0 ? [`${refused} refused`] : []),
  ].join(', ');
}

function bodyOf(result: FindResult, view: TimelineView): KnownBlock[][] {
  if (isAmbiguous(result))
    return [
      [
        richText(
          bullets(result.matches.map(({ kind, value }) => [plain(`${kind} `), code(clip(value, MAX_VALUE))])),
        ),
      ],
    ];
  const lines = result.timeline.map((entry) => entryLine(entry, view));
  return Array.from({ length: Math.ceil(lines.length / PER_BLOCK) }, (_, index) => [
    richText(bullets(lines.slice(index * PER_BLOCK, (index + 1) * PER_BLOCK))),
  ]);
}

function entryLine(
  { at, environment, summary, id }: TimelineEntry,
  { environments }: TimelineView,
): RichTextElement[] {
  const known = environments.find(({ name }) => name === environment);
  return [
    {
      type: 'date',
      timestamp: Math.floor(at / 1000),
      format: '{date_short_pretty} {time_secs}',
      fallback: new Date(at).toISOString(),
    },
    plain(` ${known ? environmentLabel(known) : environment}: ${clip(summary, 300)} `),
    code(clip(id, 80)),
  ];
}

const shareButton = (query: string): KnownBlock => ({
  type: 'actions',
  elements: [
    {
      type: 'button',
      text: { type: 'plain_text', text: 'Share' },
      action_id: actionIds.shareFind,
      value: clip(query, MAX_VALUE),
    },
  ],
});
