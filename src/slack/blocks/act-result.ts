import type { KnownBlock } from '@slack/types';
import type { WebhookResult } from '../../events/webhooks/act.ts';
import { bold, clip, code, lineBreak, paragraph, plain, richText } from './text.ts';

const MAX_TEXT = 300;
const marks = { done: '✅', refused: '❌', lost: '❔' } as const;

/** The result of the last act, with the next step and the id of the call. */
export const actResultBlock = ({
  kind,
  summary,
  remedy,
  callId,
}: Pick<WebhookResult, 'kind' | 'summary' | 'remedy' | 'callId'>): KnownBlock =>
  richText(
    paragraph(
      bold(`${marks[kind]} ${clip(summary, MAX_TEXT)}`),
      ...(remedy ? [lineBreak, plain(`Next: ${clip(remedy, 2 * MAX_TEXT)}`)] : []),
      ...(callId ? [lineBreak, code(callId)] : []),
    ),
  );
