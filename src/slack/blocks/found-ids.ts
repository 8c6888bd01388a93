import type { KnownBlock } from '@slack/types';
import type { FindResult } from '../../events/log/find.ts';
import { findCounts } from '../../events/log/find-text.ts';
import { pluralize } from '../../text/counts.ts';
import type { Message } from '../../text/message.ts';
import { actionIds } from '../action-ids.ts';
import { fitBlocks } from './budget.ts';
import { bold, clip, code, mrkdwnMessage, paragraph, plain, quoted, richText } from './text.ts';

export interface FoundId {
  id: string;
  result: FindResult;
}

/** The ids found in a message, each with what is known about it and a button for its timeline. */
export function foundIdsMessage(found: readonly FoundId[], leftOut: number): Message {
  if (found.length === 0)
    return mrkdwnMessage(
      'This message has no id that I know: no event, delivery, request, contract, external record or call. `/envcheck find <id>` finds any id, also by its first six characters.',
    );
  const known = found.filter(({ result }) => result.found).length;
  const title = `${pluralize(found.length + leftOut, 'id', 'ids')} in this message, ${known} in the log`;
  const more =
    leftOut > 0
      ? [richText(paragraph(plain(`${leftOut} more were not looked up. Look one up with /envcheck find.`)))]
      : [];
  return {
    text: quoted(title, 1_000),
    blocks: fitBlocks([richText(paragraph(bold(title)))], found.map(rowOf), more, (cut) =>
      richText(paragraph(plain(`${cut} more do not fit in this message.`))),
    ),
  };
}

function rowOf({ id, result }: FoundId): KnownBlock[] {
  const shown = clip(id, 150);
  const what = result.ambiguous
    ? `${result.counts.ids.toLocaleString('en-US')} ids start with this`
    : result.found
      ? `${findCounts(result)}${result.guess === null ? '' : ', matched by its number, which may be of another contract'}`
      : clip(result.reason ?? 'not found', 300);
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
          value: JSON.stringify({ id: shown, environment: null }),
        },
      ],
    },
  ];
}
