import type { KnownBlock, ModalView } from '@slack/types';
import { viewIds } from '../action-ids.ts';
import { bold, clip, code, lineBreak, paragraph, plain, richText } from './text.ts';

/** Block ids of the inputs: what a refusal points to. */
export const acceptInputs = { reason: 'reason', until: 'until' } as const;

export interface AcceptFormView {
  kind: 'difference' | 'check';
  /** "uat → prod (production)", or the one environment. */
  where: string;
  /** A path, or the id of a check. */
  subject: string;
  /** What is there now, on one line. */
  shown: string;
  /** `2026-12-24`: filled in, and the last one that is taken. */
  suggestedDay: string;
  lastDay: string;
  /** What the submission brings back; at most 3,000 characters. */
  metadata: string;
}

const titles = { difference: 'Accept a difference', check: 'Accept a failure' } as const;
const MAX_REASON = 500;

const modal = (kind: AcceptFormView['kind'], blocks: KnownBlock[]): ModalView => ({
  type: 'modal',
  title: { type: 'plain_text', text: titles[kind] },
  close: { type: 'plain_text', text: 'Close' },
  blocks,
});

/** Slack wants a form within three seconds; who may use it, and what is there now, may take longer. */
export const openingAcceptForm = (kind: AcceptFormView['kind']): ModalView =>
  modal(kind, [richText(paragraph(plain('One moment: loading the current state…')))]);

/** Why there is no form, in our own words: mentions of those who may show as such. */
export const refusedAcceptForm = (kind: AcceptFormView['kind'], mrkdwn: string): ModalView =>
  modal(kind, [{ type: 'section', text: { type: 'mrkdwn', text: clip(mrkdwn, 2_900) } }]);

/** The same with what stands in SpotDraft in it. */
export const outdatedAcceptForm = (kind: AcceptFormView['kind'], words: string): ModalView =>
  modal(kind, [richText(paragraph(plain(clip(words, 2_900))))]);

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
