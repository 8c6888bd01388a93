import { EPHEMERAL, POSTED, Refusal, readContent, UPDATED } from '../content.ts';
import { BOT_USER_ID, type MessageMetadata, type StoredMessage } from '../contract.ts';
import { editMessage, findMessage, messageAsJson, postMessage, removeMessage } from '../messages.ts';
import { type ApiContext, booleanArg, botMethod, type Method, requiredArg, TIER } from '../method.ts';
import { type Fields, isFields } from '../validation.ts';
import { type Channel, directMessage, visibleChannel, type Workspace } from '../workspace.ts';

// Slack gives chat.postMessage no tier: one message per second and channel, and "several hundred" per minute and workspace.
const POSTS_PER_MINUTE = 300;

export const chatMethods: Record<string, Method> = {
  'chat.postMessage': botMethod(POSTS_PER_MINUTE, ['chat:write'], post),
  'chat.postEphemeral': botMethod(TIER[4], ['chat:write'], postEphemeral),
  'chat.update': botMethod(TIER[3], ['chat:write'], update),
  'chat.delete': botMethod(TIER[3], ['chat:write'], remove),
};

function post(args: Fields, { workspace }: ApiContext): object {
  const channel = channelToPostIn(workspace, requiredArg(args, 'channel'));
  const content = readContent(args, POSTED);
  const message = postMessage(workspace, {
    channel: channel.id,
    content,
    via: 'chat.postMessage',
    threadTs: threadArg(args),
    metadata: metadataArg(args),
    unfurlLinks: booleanArg(args, 'unfurl_links'),
    unfurlMedia: booleanArg(args, 'unfurl_media'),
  });
  return { channel: channel.id, ts: message.ts, message: messageAsJson(message) };
}

function postEphemeral(args: Fields, { workspace }: ApiContext): object {
  const id = requiredArg(args, 'channel');
  const user = requiredArg(args, 'user');
  const channel = visibleChannel(workspace, id);
  if (!channel) throw new Refusal('channel_not_found');
  if (channel.archived) throw new Refusal('is_archived');
  // Slack does not document chat:write.public for ephemeral messages. The stricter reading fails in tests, not in production.
  if (!channel.members.has(BOT_USER_ID)) throw new Refusal('not_in_channel');
  if (!channel.members.has(user)) throw new Refusal('user_not_in_channel');
  const content = readContent(args, EPHEMERAL);
  const message = postMessage(workspace, {
    channel: id,
    content,
    via: 'chat.postEphemeral',
    ephemeralFor: user,
    threadTs: threadArg(args),
  });
  return { message_ts: message.ts };
}

function update(args: Fields, { workspace }: ApiContext): object {
  const message = ownMessage(workspace, args, 'cant_update_message');
  if (workspace.channels.get(message.channel)?.archived) throw new Refusal('is_inactive');
  const content = readContent(args, UPDATED);
  editMessage(workspace, message, content, 'chat.update');
  return { channel: message.channel, ts: message.ts, text: message.text, message: messageAsJson(message) };
}

function remove(args: Fields, { workspace }: ApiContext): object {
  const message = ownMessage(workspace, args, 'cant_delete_message');
  removeMessage(workspace, message, 'chat.delete');
  return { channel: message.channel, ts: message.ts };
}

/** The bot's own message with this `channel` and `ts`. Ephemeral messages cannot be addressed this way. */
function ownMessage(workspace: Workspace, args: Fields, notOwnError: string): StoredMessage {
  const channel = requiredArg(args, 'channel');
  const ts = requiredArg(args, 'ts');
  // A user id opens a DM for a new message, but does not address an existing message.
  if (!visibleChannel(workspace, channel)) throw new Refusal('channel_not_found');
  const message = findMessage(workspace, channel, ts);
  if (!message || message.ephemeralFor) throw new Refusal('message_not_found');
  if (message.user !== BOT_USER_ID) throw new Refusal(notOwnError);
  return message;
}

/** @throws Refusal channel_not_found, is_archived, not_in_channel, messages_tab_disabled */
function channelToPostIn(workspace: Workspace, id: string): Channel {
  const channel = findChannel(workspace, id);
  if (!channel) throw new Refusal('channel_not_found');
  if (channel.archived) throw new Refusal('is_archived');
  if (channel.kind === 'im' && !workspace.messagesTab) throw new Refusal('messages_tab_disabled');
  const mayPost = channel.members.has(BOT_USER_ID) || workspace.scopes.has('chat:write.public');
  if (!mayPost) throw new Refusal('not_in_channel');
  return channel;
}

function findChannel(workspace: Workspace, id: string): Channel | null {
  if (/^[UW][A-Z0-9]+$/.test(id)) return directMessage(workspace, id);
  const byId = visibleChannel(workspace, id);
  if (byId) return byId;
  const name = id.replace(/^#/, '');
  const named = [...workspace.channels.values()].find((each) => each.kind === 'public' && each.name === name);
  return named ?? null;
}

function threadArg(args: Fields): string | null {
  return typeof args.thread_ts === 'string' && args.thread_ts !== '' ? args.thread_ts : null;
}

/** @throws Refusal invalid_metadata_format, invalid_metadata_schema */
function metadataArg({ metadata }: Fields): MessageMetadata | null {
  if (metadata === undefined || metadata === null) return null;
  if (!isFields(metadata)) throw new Refusal('invalid_metadata_format');
  const { event_type: type, event_payload: payload } = metadata;
  if (typeof type !== 'string' || !isFields(payload)) throw new Refusal('invalid_metadata_schema');
  return { event_type: type, event_payload: payload };
}
