import { Refusal } from '../content.ts';
import { BOT_USER_ID, type StoredMessage } from '../contract.ts';
import { messageAsJson } from '../messages.ts';
import { type ApiContext, booleanArg, botMethod, type Method, requiredArg, TIER } from '../method.ts';
import type { Fields } from '../validation.ts';
import { visibleChannel, type Workspace } from '../workspace.ts';

const scopes = {
  public: 'channels:history',
  private: 'groups:history',
  im: 'im:history',
  mpim: 'mpim:history',
};
const MAX_LIMIT = 999;

/** https://docs.slack.dev/reference/methods/conversations.history and conversations.replies */
export const historyMethods: Record<string, Method> = {
  'conversations.history': botMethod(TIER[3], Object.values(scopes), history),
  'conversations.replies': botMethod(TIER[3], Object.values(scopes), replies),
};

/** The channel's messages, newest first, without thread replies. Broadcast replies are not simulated. */
function history(args: Fields, { workspace }: ApiContext): object {
  const channel = readable(workspace, args);
  const found = inChannel(workspace, channel, args).filter(({ threadTs }) => threadTs === null);
  return page(found.reverse(), args);
}

/** The message itself, then its replies, oldest first. */
function replies(args: Fields, { workspace }: ApiContext): object {
  const channel = readable(workspace, args);
  const ts = requiredArg(args, 'ts');
  if (!workspace.messages.some((each) => each.channel === channel && each.ts === ts))
    throw new Refusal('thread_not_found');
  const found = inChannel(workspace, channel, args).filter((each) => each.threadTs === ts || each.ts === ts);
  return page(found, args);
}

/** @throws Refusal channel_not_found, missing_scope, not_in_channel */
function readable(workspace: Workspace, args: Fields): string {
  const channel = visibleChannel(workspace, requiredArg(args, 'channel'));
  if (!channel) throw new Refusal('channel_not_found');
  const needed = scopes[channel.kind];
  if (!workspace.scopes.has(needed))
    throw new Refusal('missing_scope', { needed, provided: [...workspace.scopes].join(',') });
  if (!channel.members.has(BOT_USER_ID)) throw new Refusal('not_in_channel');
  return channel.id;
}

function inChannel(workspace: Workspace, channel: string, { oldest, latest }: Fields): StoredMessage[] {
  const [from, to] = [Number(oldest ?? 0), Number(latest ?? Number.POSITIVE_INFINITY)];
  return workspace.messages.filter(
    (each) =>
      each.channel === channel &&
      each.ephemeralFor === null &&
      Number(each.ts) > from &&
      Number(each.ts) < to,
  );
}

function page(messages: StoredMessage[], args: Fields): object {
  const limit = Math.min(Number(args.limit ?? 100), MAX_LIMIT);
  const start = args.cursor ? Number(Buffer.from(String(args.cursor), 'base64').toString().split(':')[1]) : 0;
  const end = start + limit;
  const more = end < messages.length;
  const withMetadata = booleanArg(args, 'include_all_metadata') === true;
  return {
    messages: messages.slice(start, end).map((message) => ({
      ...messageAsJson(message),
      ...(withMetadata && message.metadata ? { metadata: structuredClone(message.metadata) } : {}),
    })),
    has_more: more,
    response_metadata: { next_cursor: more ? Buffer.from(`next:${end}`).toString('base64') : '' },
  };
}
