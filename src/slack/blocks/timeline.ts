import type { Button, KnownBlock, RichTextElement } from '@slack/types';
import type { About } from '../../events/find/about-text.ts';
import { aboutLines } from '../../events/find/about-text.ts';
import { findCounts, leftOutText } from '../../events/find/find-text.ts';
import type { FindResult } from '../../events/find/result.ts';
import { displayId, type TimelineEntry } from '../../events/find/timeline.ts';
import type { WebhookResult } from '../../events/webhooks/act.ts';
import { resultLine } from '../../text/act-result.ts';
import { pluralize } from '../../text/counts.ts';
import { labelIn } from '../../text/environment-label.ts';
import type { Message } from '../../text/message.ts';
import { actionIds } from '../action-ids.ts';
import { actResultBlock } from './act-result.ts';
import { fitsMessage } from './budget.ts';
import { type RetriggerOffer, retriggerButton } from './retrigger-button.ts';
import { bold, bullets, clip, code, dateElement, paragraph, plain, quoted, richText } from './text.ts';

/** Timeline entries per block, and in a message; as many of them are shown as fit. */
const PER_BLOCK = 8;
const MAX_ENTRIES = 64;
const MAX_VALUE = 200;
const MAX_ANSWER = 1_000;

export interface TimelineView {
  environments: readonly { name: string; production: boolean }[];
  /** The environment that was asked about; null for any. */
  environment: string | null;
  /** True when only the asker sees it, so it can be shared. */
  isPrivate: boolean;
  /** Contracts whose latest webhook can be re-triggered; or their number when there are too many for buttons. */
  retrigger: RetriggerOffer[] | { tooMany: number };
  /** The result of the last act; null when there is none. */
  result: Pick<WebhookResult, 'kind' | 'summary' | 'remedy' | 'callId'> | null;
}

/** The timeline of an id, oldest first; or the ids that start with it; or why nothing was found. */
export function timelineMessage(result: FindResult, view: TimelineView): Message {
  const title = clip(`🔎 ${result.query}`, 150);
  const head: KnownBlock[] = [
    { type: 'header', text: { type: 'plain_text', text: title, emoji: false } },
    ...(view.result ? [actResultBlock(view.result)] : []),
    richText(paragraph(bold(clip(result.answer, MAX_ANSWER)))),
    ...result.about.map((each) => aboutBlock(each, view)),
    ...[result.advice, result.guess && guessNote(result, result.guess), countsOf(result)].flatMap((text) =>
      text ? [richText(paragraph(plain(text)))] : [],
    ),
  ];
  const outcome = view.result ? `. ${resultLine(view.result)}` : '';
  const foot = buttonsOf(result, view);
  return {
    text: quoted(`${result.query}: ${summaryOf(result)}${outcome}`, 1_500),
    blocks: [...head, ...bodyOf(result, view, (body) => fitsMessage([...head, ...body, ...foot])), ...foot],
  };
}

/** Explains also why there is no button. */
const guessNote = ({ query, timeline }: FindResult, guess: string): string =>
  timeline.length === 0
    ? guess
    : `Matched by its number. ${clip(guess, 400)} To re-trigger, check that this is ${clip(query, 100)}, then find the contract by that number.`;

/** The contract in one environment. A channel does not see its title and people. */
function aboutBlock(about: About, { environments, isPrivate }: TimelineView): KnownBlock {
  const lines = aboutLines(about, isPrivate).map((line) => [plain(clip(line, 500))]);
  return richText(paragraph(bold(labelIn(environments, about.environment))), bullets(lines));
}

/** null when there is nothing to count. */
const countsOf = (result: FindResult): string | null =>
  result.timeline.length === 0 ? null : `${findCounts(result)}.`;

/** For a notification: the answer, with what to do and the numbers. */
const summaryOf = (result: FindResult): string =>
  [clip(result.answer, MAX_ANSWER), countsOf(result), result.advice].filter(Boolean).join(' ');

/** The most entries that fit, with the number of the others. */
function bodyOf(
  result: FindResult,
  view: TimelineView,
  fits: (blocks: KnownBlock[]) => boolean,
): KnownBlock[] {
  const leftOut = leftOutText(result);
  const note = leftOut === null ? [] : [richText(paragraph(plain(leftOut)))];
  if (result.ambiguous)
    return [
      richText(
        bullets(result.matches.map(({ kind, value }) => [plain(`${kind} `), code(clip(value, MAX_VALUE))])),
      ),
      ...note,
    ];
  const build = (count: number) => [
    ...linesOf(chosen(result.timeline, count), view),
    ...cutNote(result, count),
    ...note,
  ];
  let count = Math.min(result.timeline.length, MAX_ENTRIES);
  while (count > 1 && !fits(build(count))) count -= 1;
  return build(count);
}

function linesOf(entries: readonly TimelineEntry[], view: TimelineView): KnownBlock[] {
  const lines = entries.map((entry) => entryLine(entry, view));
  return Array.from({ length: Math.ceil(lines.length / PER_BLOCK) }, (_, index) =>
    richText(bullets(lines.slice(index * PER_BLOCK, (index + 1) * PER_BLOCK))),
  );
}

/** The most important entries in their order: failures and writes, then the newest. */
function chosen(timeline: readonly TimelineEntry[], count: number): readonly TimelineEntry[] {
  if (timeline.length <= count) return timeline;
  const places = timeline.map((_, index) => index).reverse();
  const first = places.filter((index) => timeline[index]?.matters);
  const others = places.filter((index) => !timeline[index]?.matters);
  const kept = new Set([...first, ...others].slice(0, count));
  return timeline.filter((_, index) => kept.has(index));
}

function cutNote({ query, timeline }: FindResult, count: number): KnownBlock[] {
  if (timeline.length <= count) return [];
  const more = pluralize(timeline.length - count, 'more entry does', 'more entries do');
  return [
    richText(
      paragraph(
        bold(`${more} not fit in this message. `),
        plain(`Full timeline: npm run -s envcheck -- find ${clip(query, MAX_VALUE)}`),
      ),
    ),
  ];
}

function entryLine(entry: TimelineEntry, { environments }: TimelineView): RichTextElement[] {
  const { at, environment, summary } = entry;
  return [
    dateElement(at),
    plain(` ${labelIn(environments, environment)}: ${clip(summary, 300)} `),
    code(clip(displayId(entry), 80)),
  ];
}

function buttonsOf(result: FindResult, { isPrivate, environment, retrigger }: TimelineView): KnownBlock[] {
  const id = result.query.slice(0, MAX_VALUE);
  const offers = 'tooMany' in retrigger ? [] : retrigger;
  const isShareable = isPrivate && (result.ambiguous || result.timeline.length > 0);
  // Slack allows each action id once per block.
  const rows: Button[][] = offers.map((offer) => [
    retriggerButton(offer, { id, environment }, offers.length === 1),
  ]);
  if (isShareable) rows[0] = [shareButton(id, environment), ...(rows[0] ?? [])];
  const why: KnownBlock[] =
    'tooMany' in retrigger
      ? [
          richText(
            paragraph(
              plain(
                `This covers ${retrigger.tooMany} contracts. To re-trigger the latest webhook of one, find that contract alone: /envcheck find <number>`,
              ),
            ),
          ),
        ]
      : [];
  return [...why, ...rows.map((elements) => ({ type: 'actions' as const, elements }))];
}

const shareButton = (id: string, environment: string | null): Button => ({
  type: 'button',
  text: { type: 'plain_text', text: 'Share' },
  action_id: actionIds.shareFind,
  value: JSON.stringify({ id, environment }),
});
