import type { Button, KnownBlock, RichTextElement } from '@slack/types';
import { notesTexts } from '../../events/find/event-notes-text.ts';
import type { EventPage, ListedEvent } from '../../events/find/list-events.ts';
import { emptyListText, pageText } from '../../events/find/list-text.ts';
import { refusalLine } from '../../events/log/refusal-text.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import type { Message } from '../../text/message.ts';
import { AHEAD_TEXT } from '../../time/age.ts';
import { actionIds } from '../action-ids.ts';
import { fitBlocks } from './budget.ts';
import { bold, bullets, clip, code, dateElement, paragraph, plain, quoted, richText } from './text.ts';

export interface EventsView {
  environment: { name: string; production: boolean };
  query: {
    environment: string;
    /** As the person typed it. */
    since: string | null;
    until: string | null;
    activity: string | null;
    failed: boolean;
    after: string | null;
  };
  page: EventPage;
  /** Epoch ms. */
  since: number | null;
  until: number | null;
  /** The newest event of the environment when the page is empty, epoch ms. */
  newest: number | null;
  keepMs: number;
  /** Environments of the log that the config no longer has. */
  former: readonly string[];
  isPrivate: boolean;
}

const PER_BLOCK = 5;

/** The events of an environment, newest first, with a button for older ones. */
export function eventsMessage(view: EventsView): Message {
  const { page, environment, query, since, until, newest, keepMs, former } = view;
  const label = environmentLabel(environment);
  if (page.entries.length === 0) {
    const sentence = emptyListText({ label, query: { ...query, since, until }, newest, keepMs, former });
    return { text: quoted(sentence, 1_000), blocks: [richText(paragraph(plain(sentence)))] };
  }
  const title = `${label}: ${pageText(page, { ...query, since, until })}`;
  const lines = page.entries.map(line);
  const body = Array.from({ length: Math.ceil(lines.length / PER_BLOCK) }, (_, index) => [
    richText(bullets(lines.slice(index * PER_BLOCK, (index + 1) * PER_BLOCK))),
  ]);
  return {
    text: quoted(title, 1_000),
    blocks: fitBlocks([richText(paragraph(bold(title)))], body, buttons(view), (leftOut) =>
      richText(
        paragraph(
          plain(
            `${leftOut} ${leftOut === 1 ? 'part does' : 'parts do'} not fit in this message. Full list: npm run -s envcheck -- events ${environment.name}`,
          ),
        ),
      ),
    ),
  };
}

function line({ at, ahead, event, refused, outcome }: ListedEvent): RichTextElement[] {
  const mark = ahead ? [plain(`, ${AHEAD_TEXT}`)] : [];
  if (refused)
    return [
      dateElement(at),
      plain(` refused: ${refusalLine(refused)}, from ${clip(refused.source, 60)} `),
      code(refused.id),
      ...mark,
    ];
  const activity = event?.activity ?? outcome?.activity ?? 'an event in an unknown format';
  const contract = event?.contract_id ?? outcome?.contract_id;
  const deliveries = event?.deliveryCount ?? 0;
  const details = [
    contract === null || contract === undefined ? null : `contract ${contract}`,
    event === null ? 'no delivery received' : deliveries > 1 ? `${deliveries} deliveries` : null,
    outcome
      ? `${outcome.status}${outcome.code === null ? '' : ` (${outcome.code})`}, attempt ${outcome.attempt}`
      : null,
    ...(event ? notesTexts(event.notes).map((note) => clip(note, 300)) : []),
  ].filter((detail) => detail !== null);
  return [
    dateElement(at),
    plain(` ${[clip(activity, 80), ...details].join(', ')} `),
    code(clip(event?.id ?? outcome?.id ?? '', 80)),
    ...mark,
  ];
}

function buttons({ query, page, isPrivate }: EventsView): KnownBlock[] {
  if (!isPrivate) return [];
  const button = (text: string, actionId: string, value: object): Button => ({
    type: 'button',
    text: { type: 'plain_text', text },
    action_id: actionId,
    value: JSON.stringify(value),
  });
  const older =
    page.next === null ? [] : [button('Older', actionIds.olderEvents, { ...query, after: page.next })];
  return [{ type: 'actions', elements: [...older, button('Share', actionIds.shareEvents, query)] }];
}
