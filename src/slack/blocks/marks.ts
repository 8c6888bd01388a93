import type { RichTextElement } from '@slack/types';
import type { IncidentMark } from '../../store/incident-marks.ts';
import { lastDay, personText } from '../../text/acceptance-text.ts';
import { pluralize } from '../../text/counts.ts';
import type { Message } from '../../text/message.ts';
import { fitBlocks } from './budget.ts';
import { bold, clip, code, paragraph, plain, quoted, richText } from './text.ts';

const ALL = 'npm run -s envcheck -- keep';

/** The ids that incident marks keep beyond `log.keep`, the one that ends first first. */
export function marksMessage(marks: readonly IncidentMark[]): Message {
  const heading =
    marks.length === 0
      ? 'Nothing is kept beyond `log.keep`.'
      : `${pluralize(marks.length, 'incident mark keeps', 'incident marks keep')} rows beyond \`log.keep\`.`;
  return {
    text: quoted(heading, 200),
    blocks: fitBlocks(
      [
        richText(
          paragraph(bold(heading.replaceAll('`', ''))),
          ...(marks.length === 0
            ? [paragraph(plain('Keep an incident: '), code('/envcheck keep <id> 90d <reason>'))]
            : []),
        ),
      ],
      marks.map((mark) => [richText(paragraph(...line(mark)))]),
      [],
      (leftOut) =>
        richText(
          paragraph(bold(`${leftOut} more do not fit in this message. `), plain('Full list: '), code(ALL)),
        ),
    ),
  };
}

const line = ({ query, environment, until, reason, marked_by: by }: IncidentMark): RichTextElement[] => [
  code(clip(query, 100)),
  plain(
    `${environment === null ? '' : ` in ${environment}`} until ${lastDay(until)}: ${clip(reason, 150)} (`,
  ),
  ...(/^slack:[UW][A-Z0-9]+$/.test(by)
    ? [{ type: 'user' as const, user_id: by.slice('slack:'.length) }]
    : [plain(personText(by))]),
  plain(')'),
];
