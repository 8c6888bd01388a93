import type { KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import type { SignOff } from '../../config/config.ts';
import type { Report } from '../../readiness/report.ts';
import { endOf, type SignOffState } from '../../readiness/sign-off-state.ts';
import { changesText, isoDay, signerText } from '../../readiness/sign-offs.ts';
import { countsLine, verdictLabels } from '../../readiness/status-text.ts';
import type { SignOffAct } from '../../store/sign-offs.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import { printable } from '../../text/printable.ts';
import { viewIds } from '../action-ids.ts';
import { bold, bullets, clip, code, dateElement, paragraph, plain, richText } from './text.ts';

/** Returned with the submission: where the answer belongs, and what the person saw. */
export interface SignOffContext {
  environment: string;
  signOff: string;
  /** Id (`rpt_…`) of the checklist whose button was clicked. */
  report: string;
  /** Hash of the snapshot that the signature is for. */
  seen: string | null;
  /** Hash of the newest complete snapshot when the form was opened; null when there was none. */
  seenComplete: string | null;
  channel: string | null;
  /** Timestamp of the checklist message in the channel; null when only the asker sees it. */
  ts: string | null;
  responseUrl: string | null;
}

export const signOffInputs = {
  act: { block: 'act', action: 'act' },
  note: { block: 'note', action: 'note' },
  link: { block: 'link', action: 'link' },
} as const;

const TITLE = 'Sign off';
const MAX_LINES = 4;

/** Plain text that may quote others; or mrkdwn of our own, which can mention people and groups. */
export type NoticeLine = string | { own: string };

/** Lines and a Close button: shown while the form is loading, and for the result. */
export const signOffNotice = (lines: NoticeLine[], context: SignOffContext): ModalView => ({
  type: 'modal',
  callback_id: viewIds.signOff,
  private_metadata: JSON.stringify(context),
  title: { type: 'plain_text', text: TITLE },
  close: { type: 'plain_text', text: 'Close' },
  blocks: lines.map((line) => ({
    type: 'section',
    text:
      typeof line === 'string'
        ? { type: 'plain_text', emoji: false, text: clip(printable(line), 2_900) || ' ' }
        : { type: 'mrkdwn', text: clip(line.own, 2_900) },
  })),
});

export interface SignOffFormView {
  environment: { name: string; production: boolean };
  signOff: SignOff;
  state: SignOffState;
  mine: SignOffAct | null;
  maySign: boolean;
  report: Report | null;
  context: SignOffContext;
}

/** The item to confirm, the configuration it is for, the acts of others, and the inputs for the person's own act. */
export function signOffForm(view: SignOffFormView): ModalView {
  const { environment, signOff, mine, maySign, context } = view;
  const choices = [
    ...(!maySign
      ? []
      : [
          choice(
            'sign',
            `Sign off${signOff.validForMs === null ? '' : ` for ${Math.round(signOff.validForMs / 86_400_000) || 1} d`}`,
          ),
        ]),
    ...(mine?.act === 'refuse' ? [] : [choice('refuse', 'Refuse, with a reason')]),
    ...(mine
      ? [
          choice(
            'withdraw',
            `Withdraw my ${mine.act === 'refuse' ? 'refusal' : 'signature'} of ${isoDay(mine.at)}`,
          ),
        ]
      : []),
  ];
  return {
    type: 'modal',
    callback_id: viewIds.signOff,
    private_metadata: JSON.stringify(context),
    title: { type: 'plain_text', text: TITLE },
    submit: { type: 'plain_text', text: 'Save' },
    close: { type: 'plain_text', text: 'Cancel' },
    blocks: [
      richText(paragraph(bold(`${environmentLabel(environment)}: ${clip(signOff.title, 500)}`))),
      configurationPart(view),
      ...saidPart(view),
      {
        type: 'input',
        block_id: signOffInputs.act.block,
        label: { type: 'plain_text', text: 'Your decision' },
        element: {
          type: 'radio_buttons',
          action_id: signOffInputs.act.action,
          options: choices,
          // Withdrawing or refusing is never preselected.
          ...(maySign && choices[0] ? { initial_option: choices[0] } : {}),
        },
      },
      {
        type: 'input',
        block_id: signOffInputs.note.block,
        optional: true,
        label: { type: 'plain_text', text: 'Note' },
        hint: { type: 'plain_text', text: 'What you checked. A refusal needs a reason here.' },
        element: {
          type: 'plain_text_input',
          action_id: signOffInputs.note.action,
          multiline: true,
          max_length: 1_000,
        },
      },
      {
        type: 'input',
        block_id: signOffInputs.link.block,
        optional: true,
        label: { type: 'plain_text', text: 'Link to the evidence' },
        element: { type: 'url_text_input', action_id: signOffInputs.link.action },
      },
    ],
  };
}

const choice = (value: string, text: string): PlainTextOption => ({
  text: { type: 'plain_text', text: clip(text, 75) },
  value,
});

function configurationPart({ report, signOff }: SignOffFormView): KnownBlock {
  if (!report?.snapshot)
    return richText(
      paragraph(plain('The last check could not read anything, so there is no configuration to sign off.')),
    );
  const covers =
    signOff.covers === null ? 'any change' : `a change of ${clip(signOff.covers.join(', '), 300)}`;
  return richText({
    type: 'rich_text_section',
    elements: [
      plain('For the configuration read '),
      dateElement(report.checkedAt),
      plain(', snapshot '),
      code(report.snapshot.slice(0, 12)),
      plain(
        `. Its verdict: ${verdictLabels[report.verdict].word} (${countsLine(report)}). A signature ends with ${covers}.`,
      ),
    ],
  });
}

/** The acts of others on this item, and which of them still count. */
function saidPart({ state, signOff }: SignOffFormView): KnownBlock[] {
  const { approvals, voided, expired, reworded, refusal } = state;
  const lines = [
    ...(refusal ? [`Refused by ${signerText(refusal)} on ${isoDay(refusal.at)}: ${refusal.note ?? ''}`] : []),
    ...approvals.map((act) => {
      const end = endOf(act, signOff);
      return `Signed by ${signerText(act)} on ${isoDay(act.at)}${end === null ? '' : `, until ${isoDay(end)}`}`;
    }),
    ...voided.map(
      ({ approval, by }) =>
        `Void: ${changesText(by)} after ${signerText(approval)} signed on ${isoDay(approval.at)}`,
    ),
    ...expired.map((act) => `Expired: ${signerText(act)} signed on ${isoDay(act.at)}`),
    ...reworded.map((act) => `Void: the text was “${act.title}” when ${signerText(act)} signed it`),
    ...(signOff.approvals > 1
      ? [`${state.people} of ${signOff.approvals} people have signed; each person counts once`]
      : []),
  ];
  if (lines.length === 0) return [];
  const more = lines.length - MAX_LINES;
  const shown = lines.slice(0, MAX_LINES).map((line) => [plain(clip(line, 400))]);
  return [richText(bullets([...shown, ...(more > 0 ? [[plain(`and ${more} more`)]] : [])]))];
}
