/** The consequence of Slack's refusal for a message. */
export type RefusalEffect =
  /** Slack will never accept it: the channel is gone, or the message cannot be posted or edited. */
  | 'give up'
  /** Slack may accept it as plain text. */
  | 'text only'
  /** It waits: someone can solve the problem in Slack. */
  | 'wait'
  /** Slack rejects the token, for this message and every other. */
  | 'stop everything';

const effects: Record<string, RefusalEffect> = {
  channel_not_found: 'give up',
  is_archived: 'give up',
  is_inactive: 'give up',
  messages_tab_disabled: 'give up',
  user_disabled: 'give up',
  message_not_found: 'give up',
  cant_update_message: 'give up',
  edit_window_closed: 'give up',
  cannot_reply_to_message: 'give up',
  no_text: 'give up',
  msg_too_long: 'text only',
  msg_blocks_too_long: 'text only',
  invalid_blocks: 'text only',
  invalid_blocks_format: 'text only',
  invalid_attachments: 'text only',
  block_mismatch: 'text only',
  not_in_channel: 'wait',
  missing_scope: 'wait',
  restricted_action: 'wait',
  token_revoked: 'stop everything',
  token_expired: 'stop everything',
  account_inactive: 'stop everything',
  invalid_auth: 'stop everything',
  not_authed: 'stop everything',
  not_allowed_token_type: 'stop everything',
  team_disabled: 'stop everything',
};

/** An error code that is not in the table may be temporary: the message waits and is given up after a day. */
export const effectOf = (code: string): RefusalEffect | 'wait a day' => effects[code] ?? 'wait a day';

/** The reason with what to do about it. `botName`: how the bot is invited. */
export function refusalText(code: string, botName: string): string {
  if (code === 'not_in_channel')
    return `I am not in the channel (not_in_channel). Invite me there with /invite ${botName}`;
  if (code === 'missing_scope')
    return 'The app lacks a scope (missing_scope). Reinstall it from manifest.yml';
  if (effects[code] === 'stop everything')
    return `Slack rejects SLACK_BOT_TOKEN (${code}). Set a valid token and restart Envcheck; waiting messages are sent then`;
  return `Slack says ${code}`;
}
