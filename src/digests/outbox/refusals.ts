/** What Slack's refusal of a message means for it. */
export type RefusalEffect =
  /** Will never be taken: the channel is gone, or the message cannot be had. */
  | 'give up'
  /** Could be taken with less layout. */
  | 'text only'
  /** Somebody can do something about it in Slack: it waits. */
  | 'wait'
  /** The token is no good, for this message or any other. */
  | 'stop everything';

const verdicts: Record<string, RefusalEffect> = {
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

/** A word that is not known here is waited for: it may pass, and after a day it is given up. */
export const effectOf = (word: string): RefusalEffect | 'wait a day' => verdicts[word] ?? 'wait a day';

/** In words that say what to do. `botName`: how the bot is invited. */
export function refusalText(word: string, botName: string): string {
  if (word === 'not_in_channel')
    return `I am not in the channel (not_in_channel). Invite me there with /invite ${botName}`;
  if (word === 'missing_scope')
    return 'the app lacks a scope (missing_scope). Install it again from manifest.yml';
  if (verdicts[word] === 'stop everything')
    return `Slack does not accept SLACK_BOT_TOKEN (${word}). Set one that works and restart Envcheck; what waits is sent then`;
  return `Slack says ${word}`;
}
