import type { KnownBlock } from '@slack/types';
import type { Answered, Answers } from '../../events/find/ask.ts';
import { findCounts } from '../../events/find/find-text.ts';
import { pluralize } from '../../text/counts.ts';
import type { Message } from '../../text/message.ts';
import { actionIds } from '../action-ids.ts';
import { fitBlocks } from './budget.ts';
import { bold, clip, code, mrkdwnMessage, paragraph, plain, quoted, richText } from './text.ts';

export interface FoundIds extends Omit<Answers, 'note'> {
  /** "in this message", "for “Fabrikam”": ends the title. */
  where: string;
  /** A sentence below the title; null when there is none. */
  note: string | null;
}

/** Longest id in a button, characters. Slack allows 2,000 in a value. */
const MAX_VALUE = 500;

/** Several ids, each with what is known about it and a button for its timeline. */
export function foundIdsMessage({ answered, leftOut, where, note }: FoundIds): Message {
  const known = answered.filter(({ result }) => result.found).length;
  const title = `${pluralize(answered.length + leftOut, 'id')}${where}, ${known} in the log`;
  const more =
    leftOut > 0
      ? [richText(paragraph(plain(`${leftOut} more were not looked up. Look one up with /envcheck find.`)))]
      : [];
  const head = [richText(paragraph(bold(title)))];
  if (note !== null) head.push(richText(paragraph(plain(clip(note, 500)))));
  return {
    text: quoted(title, 1_000),
    blocks: fitBlocks(head, answered.map(rowOf), more, (cut) =>
      richText(paragraph(plain(`${cut} more do not fit in this message.`))),
    ),
  };
}

/** The answer to a message without ids. */
export const noIdsMessage = (notLookedUp: number): Message =>
  mrkdwnMessage(
    `This message has no id that I know: no event, delivery, request, contract, external record or call. ${notLookedUp > 0 ? `${notLookedUp} words were not looked up. ` : ''}\`/envcheck find <id>\` finds any id, also by its first six characters.`,
  );

function rowOf({ result, environment }: Answered): KnownBlock[] {
  const id = result.query;
  const shown = clip(id, 150);
  const byNumber = result.guess === null ? '' : ' Matched by its number, which may be of another contract.';
  const what = result.found
    ? `${clip(result.answer, 400)}${result.ambiguous ? '' : ` ${findCounts(result)}.${byNumber}`}`
    : clip(result.reason ?? result.answer, 400);
  const text = richText(paragraph(code(shown), plain(` ${what}`)));
  if (!result.found) return [text];
  return [
    text,
    {
      type: 'actions',
      elements: [
        {
          type: 'button',
          text: { type: 'plain_text', text: 'Show' },
          action_id: actionIds.showFind,
          value: JSON.stringify({ id: id.slice(0, MAX_VALUE), environment }),
        },
      ],
    },
  ];
}
