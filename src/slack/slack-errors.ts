import { WebAPIPlatformError } from '@slack/web-api';
import type { SlackSettings } from '../config/config.ts';
import { innermostMessage } from '../text/innermost-message.ts';

/**
 * Slack's own error word ("channel_not_found") when Slack refused the call; null for anything else. It is shown to people,
 * so what is no such word, say a proxy's sentence that quotes what it was sent, is not passed on.
 */
export function slackErrorCode(error: unknown): string | null {
  if (!(error instanceof WebAPIPlatformError)) return null;
  const word = error.data.error;
  return /^[a-z][a-z0-9_]{0,60}$/.test(word) ? word : 'an error without a name';
}

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

export const cannotPostThere = (error: unknown): boolean =>
  unreachableChannel.has(slackErrorCode(error) ?? '');
export const cannotBePosted = (error: unknown): boolean => unpostable.has(slackErrorCode(error) ?? '');

/** In one line for the person who starts the program: which of the two tokens, or that there is no Slack there. */
export function startFailure(
  variable: 'SLACK_BOT_TOKEN' | 'SLACK_APP_TOKEN',
  { apiUrl }: Pick<SlackSettings, 'apiUrl'>,
  error: unknown,
): Error {
  const why = slackErrorCode(error);
  const message = why
    ? `Slack does not accept ${variable} (${why})`
    : `Slack cannot be reached at ${apiUrl}: ${innermostMessage(error)}`;
  return new Error(`${message}; \`envcheck doctor\` tries every connection`, { cause: error });
}
