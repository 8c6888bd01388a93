import type { KnownBlock, ModalView } from '@slack/types';
import { MAX_REASON } from '../../text/act-result.ts';
import { viewIds } from '../action-ids.ts';
import { bold, clip, code, lineBreak, paragraph, plain, richText } from './text.ts';

/** Block ids of the inputs; a validation error names one of them. */
export const acceptInputs = { reason: 'reason', until: 'until' } as const;

export interface AcceptFormView {
  kind: 'difference' | 'check';
  /** "uat → prod (production)" for a difference, one environment for a check. */
  where: string;
  /** The path of a difference, or the id of a check. */
  subject: string;
  /** The current finding, on one line. */
  shown: string;
  /** `YYYY-MM-DD`: the day filled in, and the latest day accepted. */
  suggestedDay: string;
  lastDay: string;
  /** Returned with the submission; Slack allows 3,000 characters. */
  metadata: string;
}

const titles = { difference: 'Accept a difference', check: 'Accept a failure' } as const;

const modal = (kind: AcceptFormView['kind'], blocks: KnownBlock[]): ModalView => ({
  type: 'modal',
  title: { type: 'plain_text', text: titles[kind] },
  close: { type: 'plain_text', text: 'Close' },
  blocks,
});

/** Shown at once, because Slack's trigger expires after three seconds and the permission and the current state may take longer. */
export const openingAcceptForm = (kind: AcceptFormView['kind']): ModalView =>
  modal(kind, [richText(paragraph(plain('One moment: loading the current state…')))]);

/** Explains why there is no form, in our own text: mentions of people who have the permission are shown as mentions. */
export const refusedAcceptForm = (kind: AcceptFormView['kind'], mrkdwn: string): ModalView =>
  modal(kind, [{ type: 'section', text: { type: 'mrkdwn', text: clip(mrkdwn, 2_900) } }]);

/** A refusal that quotes text from SpotDraft, so it is plain text. */
export const outdatedAcceptForm = (kind: AcceptFormView['kind'], text: string): ModalView =>
  modal(kind, [richText(paragraph(plain(clip(text, 2_900))))]);

export const acceptForm = (form: AcceptFormView): ModalView => ({
  ...modal(form.kind, [
    richText(
      paragraph(
        plain(`In ${form.where}: `),
        code(clip(form.subject, 600)),
        lineBreak,
        bold(clip(form.shown, 1_200)),
      ),
    ),
    {
      type: 'input',
      block_id: acceptInputs.reason,
      label: { type: 'plain_text', text: 'Why is this acceptable?' },
      hint: { type: 'plain_text', text: 'Everyone can see it, with your name.' },
      element: {
        type: 'plain_text_input',
        action_id: acceptInputs.reason,
        multiline: true,
        min_length: 1,
        max_length: MAX_REASON,
      },
    },
    {
      type: 'input',
      block_id: acceptInputs.until,
      label: { type: 'plain_text', text: 'Accept until' },
      hint: {
        type: 'plain_text',
        text: `Last day of the waiver (UTC), ${form.lastDay} at the latest. It ends earlier if what you accept changes.`,
      },
      element: { type: 'datepicker', action_id: acceptInputs.until, initial_date: form.suggestedDay },
    },
  ]),
  callback_id: viewIds.accept,
  submit: { type: 'plain_text', text: 'Accept' },
  close: { type: 'plain_text', text: 'Cancel' },
  private_metadata: form.metadata,
});
