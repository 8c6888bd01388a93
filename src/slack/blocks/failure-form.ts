import type { KnownBlock, ModalView } from '@slack/types';
import { countText, groupText, reasonTexts } from '../../events/failures/failure-text.ts';
import type { GroupView } from '../../events/failures/read-failures.ts';
import { MAX_REASON } from '../../text/act-result.ts';
import { viewIds } from '../action-ids.ts';
import { bold, clip, dateElement, lineBreak, paragraph, plain, richText } from './text.ts';

/** Block id of the input; a validation error names it. */
export const REASON_INPUT = 'reason';

const modal = (blocks: KnownBlock[]): ModalView => ({
  type: 'modal',
  title: { type: 'plain_text', text: 'Acknowledge' },
  close: { type: 'plain_text', text: 'Close' },
  blocks,
});

/** Shown at once, because Slack's trigger expires after three seconds and the permission and the current state may take longer. */
export const openingAcknowledgement = (): ModalView =>
  modal([richText(paragraph(plain('One moment: loading the current state…')))]);

/** Explains why there is no form, in our own text: mentions of people who have the permission are shown as mentions. */
export const refusedAcknowledgement = (mrkdwn: string): ModalView =>
  modal([{ type: 'section', text: { type: 'mrkdwn', text: clip(mrkdwn, 2_900) } }]);

/** A refusal that quotes text of others, so it is plain text. */
export const outdatedAcknowledgement = (text: string): ModalView =>
  modal([richText(paragraph(plain(clip(text, 2_900))))]);

/** `where` marks production. `metadata` is returned with the submission; Slack allows 3,000 characters. */
export const acknowledgementForm = (group: GroupView, where: string, metadata: string): ModalView => ({
  ...modal([
    richText({
      type: 'rich_text_section',
      elements: [
        plain(`In ${where}: `),
        bold(clip(groupText(group), 200)),
        lineBreak,
        plain(`${countText(group)}, last seen `),
        dateElement(group.lastSeen),
        lineBreak,
        plain(clip(`Causes covered: ${reasonTexts(group.kind, group.reasons).join(', ')}`, 1_200)),
      ],
    }),
    {
      type: 'input',
      block_id: REASON_INPUT,
      label: { type: 'plain_text', text: 'What is known about it, and who is handling it?' },
      hint: {
        type: 'plain_text',
        text: 'Everyone can see it, with your name. The group reopens for a new cause, or when it fails again after it was resolved.',
      },
      element: {
        type: 'plain_text_input',
        action_id: REASON_INPUT,
        multiline: true,
        min_length: 1,
        max_length: MAX_REASON,
      },
    },
  ]),
  callback_id: viewIds.acknowledge,
  submit: { type: 'plain_text', text: 'Acknowledge' },
  close: { type: 'plain_text', text: 'Cancel' },
  private_metadata: metadata,
});
