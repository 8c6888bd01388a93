import type { KnownBlock, RichTextElement } from '@slack/types';
import { type ChecklistItem, checklistOf, signOffIdOf } from '../../readiness/checklist.ts';
import { pairedLines } from '../../readiness/paired-lines.ts';
import type { CheckResult, Report } from '../../readiness/report.ts';
import { NOT_SIGNED } from '../../readiness/sign-offs.ts';
import { countsLine, nextStepOf, statusLabels, verdictLabels } from '../../readiness/status-text.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import type { Message } from '../../text/message.ts';
import { printable } from '../../text/printable.ts';
import { actionIds } from '../action-ids.ts';
import { fitBlocks } from './budget.ts';
import { bold, bullets, clip, code, lineBreak, paragraph, plain, quoted, richText } from './text.ts';

/** The go-live checklist: the guide's seven items, the checks under each, and a button for each item that people sign off. */
export function checklistMessage(report: Report): Message {
  const label = environmentLabel({ name: report.environment, production: report.production });
  const { mark, word } = verdictLabels[report.verdict];
  const title = `${mark} Go-live checklist for ${label}: ${word}`;
  const counts = `${countsLine(report)}. ${signedText(report)}.`;
  const next = nextStepOf(report);
  const parts = checklistOf(report).flatMap((item) => itemParts(item, report));
  const blocks = fitBlocks(
    [
      { type: 'header', text: { type: 'plain_text', text: clip(title, 150), emoji: true } },
      richText(paragraph(bold(counts), ...(next ? [lineBreak, bold('Next: '), plain(clip(next, 500))] : []))),
    ],
    parts,
    [footer(report), again(report)],
    (leftOut) =>
      richText(
        paragraph(
          bold(`${leftOut} more ${leftOut === 1 ? 'part does' : 'parts do'} not fit in this message. `),
          plain(`Full list: npm run -s envcheck -- checklist ${report.environment}`),
        ),
      ),
  );
  return { text: quoted(`${title}. ${counts}${next ? ` Next: ${clip(next, 300)}` : ''}`, 2_000), blocks };
}

/** "1 of 3 signed off": the part of the checklist that people have to do. */
function signedText({ items }: Report): string {
  const signOffs = items.find(({ id }) => id === 'sign-offs')?.checks ?? [];
  if (signOffs.length === 0) return 'No sign-offs required';
  const done = signOffs.filter(({ status }) => status === 'pass' || status === 'waived').length;
  return `${done} of ${signOffs.length} signed off`;
}

function itemParts(item: ChecklistItem, report: Report): KnownBlock[][] {
  const heading = bold(`${item.number}. ${item.title}`);
  if (item.status === null)
    return [[richText(paragraph(heading, lineBreak, plain('no sign-offs required')))]];
  if (item.id === 'sign-offs')
    return item.checks.map((check, index) => [
      ...(index === 0 ? [richText(paragraph(heading))] : []),
      signOffBlock(check, report),
    ]);
  return [[richText(paragraph(heading), bullets(item.checks.map(checkLine)))]];
}

function checkLine(check: CheckResult): RichTextElement[] {
  const { mark, word } = statusLabels[check.status];
  const advisory = check.severity === 'advisory' ? ', advisory' : '';
  const detail =
    check.status === 'fail' ? findings(check) : [check.status === 'unknown' ? check.reason : null];
  const [first, ...more] = detail;
  return [
    plain(`${mark} ${check.title} (${word}${advisory}) `),
    code(check.id),
    ...(first ? [plain(` ${clip(first, 180)}${more.length > 0 ? ` and ${more.length} more` : ''}`)] : []),
  ];
}

const findings = (check: CheckResult): string[] =>
  pairedLines(check).map(({ expected, actual }) => `${clip(expected, 100)} → ${actual}`);

const MAX_LINES = 3;

function signOffBlock(check: CheckResult, report: Report): KnownBlock {
  const { mark, word } = statusLabels[check.status];
  const id = signOffIdOf(check) ?? '';
  const finding = check.status === 'unknown' ? (check.reason ?? '') : check.actual;
  // The heading already says "not signed off".
  const lines = finding === NOT_SIGNED ? [] : finding.split('\n');
  const shown = [
    ...lines.slice(0, MAX_LINES),
    ...(lines.length > MAX_LINES ? [`and ${lines.length - MAX_LINES} more`] : []),
    ...(check.status === 'pass' && check.reason ? [check.reason] : []),
  ];
  return {
    type: 'section',
    // Plain text: a note or a name must not become a link, a mention or an emoji.
    text: {
      type: 'plain_text',
      emoji: false,
      text: [
        `${mark} ${clip(printable(check.title), 200)} (${check.status === 'pass' ? 'signed off' : check.status === 'fail' ? 'not signed off' : word})`,
        ...shown.map((line) => clip(printable(line), 350)),
      ].join('\n'),
    },
    accessory: {
      type: 'button',
      text: { type: 'plain_text', text: check.status === 'pass' ? 'Open' : 'Sign off' },
      action_id: actionIds.openSignOff,
      value: [report.environment, id, report.id].join(' '),
      ...(check.status === 'pass' ? {} : { style: 'primary' as const }),
    },
  };
}

export function readSignOffButton(value: string): { environment: string; signOff: string; report: string } {
  const [environment = '', signOff = '', report = ''] = value.split(' ');
  return { environment, signOff, report };
}

/** Safe as mrkdwn: it holds only our own times and ids. */
function footer({ checkedAt, snapshot, id }: Report): KnownBlock {
  const time = `<!date^${Math.floor(checkedAt / 1000)}^{date_short_pretty} {time_secs}|${new Date(checkedAt).toISOString()}>`;
  const kept = snapshot ? `snapshot \`${snapshot.slice(0, 12)}\`` : 'no snapshot: nothing could be read';
  return {
    type: 'context',
    elements: [{ type: 'mrkdwn', text: `Read ${time} · ${kept} · report \`${id}\`` }],
  };
}

const again = ({ environment }: Report): KnownBlock => ({
  type: 'actions',
  elements: [
    {
      type: 'button',
      text: { type: 'plain_text', text: 'Read again' },
      action_id: actionIds.checklistAgain,
      value: environment,
    },
  ],
});
