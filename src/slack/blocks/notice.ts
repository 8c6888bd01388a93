import type { KnownBlock } from '@slack/types';
import { isOver } from '../../digests/notices/watch-report.ts';
import { pairedLines } from '../../readiness/paired-lines.ts';
import type { Notice, NoticeCheck } from '../../store/notices.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import type { Message } from '../../text/message.ts';
import { dayNumber } from '../../time/days.ts';
import { durationText } from '../../time/duration-text.ts';
import { fitBlocks } from './budget.ts';
import { bold, clip, code, dateElement, lineBreak, paragraph, plain, quoted, richText } from './text.ts';

const MAX_HEADER = 150;
const MAX_FINDINGS = 2;

const labelOf = ({ environment, production }: Notice): string =>
  environmentLabel({ name: environment, production });

/** The announcement, as it is at `at` (epoch ms): it is edited in place while it lasts, and says how it ended. */
export function noticeMessage(notice: Notice, at: number): Message {
  const title = titleOf(notice, at);
  const next = notice.checks.find((check) => !isOver(check))?.remedy ?? notice.remedy;
  return {
    text: quoted(`${title}.${next && notice.closedAt === null ? ` Next: ${clip(next, 300)}` : ''}`, 1_000),
    blocks: fitBlocks(
      [
        { type: 'header', text: { type: 'plain_text', text: clip(title, MAX_HEADER), emoji: true } },
        richText({
          type: 'rich_text_section',
          elements: [
            plain(
              notice.kind === 'checks'
                ? 'Passed before, and failed in two reports in a row. Since '
                : 'No report could tell since ',
            ),
            dateElement(notice.since),
            plain('.'),
          ],
        }),
      ],
      notice.kind === 'checks' ? notice.checks.map(checkPart) : [reasonPart(notice)],
      [],
      (leftOut) =>
        richText(
          paragraph(
            bold(`${leftOut} more ${leftOut === 1 ? 'check does' : 'checks do'} not fit into a message. `),
            plain(`All: npm run -s envcheck -- check ${notice.environment}`),
          ),
        ),
    ),
  };
}

/** "❌ prod (production): 2 checks fail, still failing, day 2" */
function titleOf(notice: Notice, at: number): string {
  const label = labelOf(notice);
  if (notice.closedAt !== null) {
    const { mark, words } = endOf(notice);
    return `${mark} ${label}: ${words}`;
  }
  const day = dayNumber(notice.since, at);
  if (notice.kind === 'unknown') {
    const lasts = durationText(notice.announcedAt - notice.since);
    return `❔ ${label}: could not tell for ${day > 1 ? `a while, still so on day ${day}` : lasts}`;
  }
  const open = notice.checks.filter((check) => !isOver(check));
  const unclear = open.every(({ state }) => state === 'unclear');
  const lasting = unclear ? ', could not be told lately' : day > 1 ? `, still failing, day ${day}` : '';
  return `❌ ${label}: ${open.length} ${open.length === 1 ? 'check fails' : 'checks fail'}${lasting}`;
}

/** Only what passes is resolved; what was accepted, or is not judged any more, is over in another way. */
function endOf({ kind, checks }: Notice): { mark: string; words: string } {
  if (kind === 'unknown') return { mark: '✅', words: 'resolved, it can be told again' };
  const of = (state: NoticeCheck['state']): number => checks.filter((check) => check.state === state).length;
  const parts = [
    ...(of('passes') > 0
      ? [`resolved, ${of('passes')} ${of('passes') === 1 ? 'check passes' : 'checks pass'} again`]
      : []),
    ...(of('accepted') > 0 ? [`${of('accepted')} accepted`] : []),
    ...(of('not judged') > 0 ? [`${of('not judged')} not judged any more`] : []),
  ];
  return { mark: of('passes') > 0 ? '✅' : '➖', words: parts.join(', ') };
}

const stateWords: Record<NoticeCheck['state'], { mark: string; words: string }> = {
  failing: { mark: '✗', words: 'failed' },
  unclear: { mark: '?', words: 'failed; could not be told in the last report' },
  passes: { mark: '✓', words: 'passes again' },
  accepted: { mark: '~', words: 'accepted' },
  'not judged': { mark: '-', words: 'not judged any more' },
};

function checkPart(check: NoticeCheck): KnownBlock[] {
  const { mark, words } = stateWords[check.state];
  const over = isOver(check);
  const pairs = over ? [] : pairedLines(check);
  const findings = pairs
    .slice(0, MAX_FINDINGS)
    .flatMap(({ expected, actual }) => [
      lineBreak,
      plain(`${clip(expected, 200)} → `),
      bold(clip(actual, 200)),
    ]);
  const more = pairs.length - MAX_FINDINGS;
  return [
    richText(
      paragraph(
        bold(`${mark} ${clip(check.title, 200)}`),
        plain(` (${words}) `),
        code(check.id),
        ...findings,
        ...(more > 0 ? [lineBreak, plain(`…and ${more} more`)] : []),
        ...(check.remedy && !over ? [lineBreak, bold('Next: '), plain(clip(check.remedy, 300))] : []),
      ),
    ),
  ];
}

const reasonPart = ({ reason, remedy, closedAt }: Notice): KnownBlock[] => [
  richText(
    paragraph(
      plain(`${closedAt === null ? 'Reason' : 'The reason was'}: ${clip(reason ?? '', 500)}`),
      ...(remedy && closedAt === null ? [lineBreak, bold('Next: '), plain(clip(remedy, 300))] : []),
    ),
  ),
];

/** In the thread: how it ended, or which part of it did. `over`: checks that ended with this report. */
export function noticeReply(notice: Notice, over: NoticeCheck[], at: number): Message {
  const label = labelOf(notice);
  const open = notice.checks.length - notice.checks.filter(isOver).length;
  const lasted = durationText(at - notice.since);
  const { mark, words } =
    notice.closedAt === null
      ? {
          mark: '✓',
          words: `${over.length} of ${notice.checks.length} over, ${open} still ${open === 1 ? 'fails' : 'fail'}`,
        }
      : endOf(notice);
  const title = `${mark} ${label}: ${words}${notice.closedAt === null ? '' : ` after ${lasted}`}`;
  return {
    text: quoted(title, 500),
    blocks: fitBlocks(
      [richText(paragraph(bold(title)))],
      over.map((check) => [
        richText(
          paragraph(
            plain(
              `${stateWords[check.state].mark} ${clip(check.title, 200)}: ${stateWords[check.state].words} `,
            ),
            code(check.id),
          ),
        ),
      ]),
      [],
      (leftOut) => richText(paragraph(plain(`…and ${leftOut} more`))),
    ),
  };
}
