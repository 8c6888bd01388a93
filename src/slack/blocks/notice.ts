import type { KnownBlock } from '@slack/types';
import { isClosed } from '../../digests/notices/watch-report.ts';
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

/** The announcement as of `at`, epoch ms. It is edited in place while the notice is open, and says how it ended. */
export function noticeMessage(notice: Notice, at: number): Message {
  const title = titleOf(notice, at);
  const next = notice.checks.find((check) => !isClosed(check))?.remedy ?? notice.remedy;
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
                ? 'Failed in two reports in a row after passing. Since '
                : 'The verdict has been unknown since ',
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
    const { mark, text } = endOf(notice);
    return `${mark} ${label}: ${text}`;
  }
  const day = dayNumber(notice.since, at);
  if (notice.kind === 'unknown') {
    const lasts = durationText(notice.announcedAt - notice.since);
    return `❔ ${label}: verdict ${day > 1 ? `still unknown, day ${day}` : `unknown for ${lasts}`}`;
  }
  const open = notice.checks.filter((check) => !isClosed(check));
  const unclear = open.every(({ state }) => state === 'unclear');
  const lasting = unclear ? ', unknown in the last report' : day > 1 ? `, still failing, day ${day}` : '';
  return `❌ ${label}: ${open.length} ${open.length === 1 ? 'check fails' : 'checks fail'}${lasting}`;
}

/** Only a check that failed and passes is resolved. An accepted or no longer judged check ends the notice in another way. */
function endOf({ kind, checks, isGone }: Notice): { mark: string; text: string } {
  if (isGone) return { mark: '➖', text: 'not judged any more, since the config no longer has it' };
  if (kind === 'unknown') return { mark: '✓', text: 'readable again, the verdict is known' };
  const of = (state: NoticeCheck['state']): number => checks.filter((check) => check.state === state).length;
  const parts = [
    ...(of('passes') > 0
      ? [`resolved, ${of('passes')} ${of('passes') === 1 ? 'check passes' : 'checks pass'} again`]
      : []),
    ...(of('accepted') > 0 ? [`${of('accepted')} accepted`] : []),
    ...(of('not judged') > 0 ? [`${of('not judged')} no longer judged`] : []),
  ];
  return { mark: of('passes') > 0 ? '✅' : '➖', text: parts.join(', ') };
}

const stateTexts: Record<NoticeCheck['state'], { mark: string; text: string }> = {
  failing: { mark: '✗', text: 'failed' },
  unclear: { mark: '?', text: 'failed; unknown in the last report' },
  passes: { mark: '✓', text: 'passes again' },
  accepted: { mark: '~', text: 'accepted' },
  'not judged': { mark: '-', text: 'no longer judged' },
};

function checkPart(check: NoticeCheck): KnownBlock[] {
  const { mark, text } = stateTexts[check.state];
  const closed = isClosed(check);
  const pairs = closed ? [] : pairedLines(check);
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
        plain(` (${text}) `),
        code(check.id),
        ...findings,
        ...(more > 0 ? [lineBreak, plain(`…and ${more} more`)] : []),
        ...(check.remedy && !closed ? [lineBreak, bold('Next: '), plain(clip(check.remedy, 300))] : []),
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

/** The reply in the thread: how the notice ended, or which of its checks did. `closed`: the checks that ended with this report. */
export function noticeReply(notice: Notice, closed: NoticeCheck[], at: number): Message {
  const label = labelOf(notice);
  const open = notice.checks.length - notice.checks.filter(isClosed).length;
  const lasted = durationText(at - notice.since);
  const { mark, text } =
    notice.closedAt === null
      ? {
          mark: '✓',
          text: `${closed.length} of ${notice.checks.length} closed, ${open} still ${open === 1 ? 'fails' : 'fail'}`,
        }
      : endOf(notice);
  const title = `${mark} ${label}: ${text}${notice.closedAt === null ? '' : ` after ${lasted}`}`;
  return {
    text: quoted(title, 500),
    blocks: fitBlocks(
      [richText(paragraph(bold(title)))],
      closed.map((check) => [
        richText(
          paragraph(
            plain(
              `${stateTexts[check.state].mark} ${clip(check.title, 200)}: ${stateTexts[check.state].text} `,
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
