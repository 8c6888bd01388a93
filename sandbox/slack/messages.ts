import type { Content } from './content.ts';
import { BOT_USER_ID, type MessageMetadata, type StoredFile, type StoredMessage } from './contract.ts';
import { APP_ID, BOT_ID, SLACKBOT, TEAM, type Workspace } from './workspace.ts';

/** A new message: its content and the fields that differ from the defaults. */
export interface NewMessage {
  channel: string;
  via: string;
  content: Content;
  user?: string;
  ephemeralFor?: string | null;
  threadTs?: string | null;
  responseUrl?: string | null;
  unfurlLinks?: boolean | null;
  unfurlMedia?: boolean | null;
  files?: StoredFile[];
  attachments?: unknown[];
  metadata?: MessageMetadata | null;
}

/** Adds a message to its channel and to the history. */
export function postMessage(workspace: Workspace, posting: NewMessage): StoredMessage {
  const message = storeMessage(workspace, posting);
  noteMessage(workspace, message.ephemeralFor ? 'ephemeral' : 'post', posting.via, message);
  return message;
}

/** Posts Slack's own line to one person, such as a command's timeout. */
export function postNotice(
  workspace: Workspace,
  user: string,
  channel: string,
  text: string,
  error: string,
): void {
  const content = { text, blocks: [] };
  const message = storeMessage(workspace, {
    channel,
    via: 'slack',
    user: SLACKBOT,
    ephemeralFor: user,
    content,
  });
  workspace.journal.note({
    kind: 'notice',
    via: 'slack',
    channel,
    user,
    ts: message.ts,
    text,
    error,
    message,
  });
}

function storeMessage(workspace: Workspace, posting: NewMessage): StoredMessage {
  const message: StoredMessage = {
    channel: posting.channel,
    ts: workspace.nextTs(),
    user: posting.user ?? BOT_USER_ID,
    text: posting.content.text,
    blocks: posting.content.blocks,
    ephemeralFor: posting.ephemeralFor ?? null,
    threadTs: posting.threadTs ?? null,
    edits: 0,
    responseUrl: posting.responseUrl ?? null,
    unfurlLinks: posting.unfurlLinks ?? null,
    unfurlMedia: posting.unfurlMedia ?? null,
    files: posting.files ?? [],
    attachments: posting.attachments ?? [],
    metadata: posting.metadata ?? null,
  };
  workspace.messages.push(message);
  return message;
}

export function editMessage(
  workspace: Workspace,
  message: StoredMessage,
  content: Content,
  via: string,
): void {
  message.text = content.text;
  message.blocks = content.blocks;
  message.edits += 1;
  noteMessage(workspace, 'update', via, message);
}

export function removeMessage(workspace: Workspace, message: StoredMessage, via: string): void {
  workspace.messages.splice(workspace.messages.indexOf(message), 1);
  noteMessage(workspace, 'delete', via, message);
}

export function findMessage(workspace: Workspace, channel: string, ts: string): StoredMessage | null {
  return workspace.messages.find((each) => each.channel === channel && each.ts === ts) ?? null;
}

/** A message in the format of Slack's answers and payloads. */
export function messageAsJson(message: StoredMessage): Record<string, unknown> {
  const fromBot = message.user === BOT_USER_ID;
  return {
    type: 'message',
    user: message.user,
    ...(fromBot ? { bot_id: BOT_ID, app_id: APP_ID } : {}),
    text: message.text,
    ts: message.ts,
    team: TEAM.id,
    blocks: structuredClone(message.blocks),
    ...(message.attachments.length > 0 ? { attachments: structuredClone(message.attachments) } : {}),
    ...(message.threadTs ? { thread_ts: message.threadTs } : {}),
  };
}

function noteMessage(
  workspace: Workspace,
  kind: 'post' | 'update' | 'delete' | 'ephemeral',
  via: string,
  message: StoredMessage,
): void {
  const { channel, ts, text } = message;
  workspace.journal.note({
    kind,
    via,
    channel,
    user: message.ephemeralFor ?? message.user,
    ts,
    text,
    message,
  });
}
