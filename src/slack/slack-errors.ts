import { WebAPIPlatformError } from '@slack/web-api';
import type { SlackSettings } from '../config/config.ts';
import { innermostMessage } from '../text/innermost-message.ts';

/**
 * Slack's error code ("channel_not_found") when Slack refused the call; null for any other error. People see it, so a text
 * that is no code, such as a proxy's sentence that quotes the request, is replaced.
 */
export function slackErrorCode(error: unknown): string | null {
  if (!(error instanceof WebAPIPlatformError)) return null;
  const word = error.data.error;
  return /^[a-z][a-z0-9_]{0,60}$/.test(word) ? word : 'an error without a name';
}

/** Codes that mean that the bot cannot post in the channel. */
const unreachableChannel = new Set([
  'channel_not_found',
  'not_in_channel',
  'is_archived',
  'restricted_action',
  'messages_tab_disabled',
  'missing_scope',
]);

/** Codes that mean that Slack refuses the message itself. */
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

/** Codes of a call that Slack may accept later as it is. */
const passing = new Set([
  'ratelimited',
  'rate_limited',
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
]);

/** True when Slack answered and will not accept the call later either. */
export function refusesForGood(error: unknown): boolean {
  const code = slackErrorCode(error);
  return code !== null && !passing.has(code);
}

/** One line for the operator: which token Slack refused, or that Slack is unreachable. */
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
