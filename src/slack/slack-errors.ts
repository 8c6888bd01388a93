import { WebAPIPlatformError } from '@slack/web-api';

/** Slack's own error word ("channel_not_found") when Slack refused the call; null for anything else. */
export const refusal = (error: unknown): string | null =>
  error instanceof WebAPIPlatformError ? error.data.error : null;

/** Refusals that say: the bot cannot post there at all. */
const unreachableChannel = new Set([
  'channel_not_found',
  'not_in_channel',
  'is_archived',
  'restricted_action',
  'messages_tab_disabled',
  'missing_scope',
]);

/** Refusals that say: this message cannot be posted by anybody. */
const unpostable = new Set([
  'invalid_blocks',
  'invalid_blocks_format',
  'msg_blocks_too_long',
  'msg_too_long',
  'no_text',
]);

export const cannotPostThere = (error: unknown): boolean => unreachableChannel.has(refusal(error) ?? '');
export const cannotBePosted = (error: unknown): boolean => unpostable.has(refusal(error) ?? '');
