import { Refusal } from '../content.ts';
import { BOT_USER_ID } from '../contract.ts';
import { type ApiContext, botMethod, type Method, requiredArg, TIER } from '../method.ts';
import type { Fields } from '../validation.ts';
import {
  APP_ID,
  BOT_ID,
  type Channel,
  directMessage,
  TEAM,
  visibleChannel,
  type Workspace,
} from '../workspace.ts';

const MAX_USERS_OF_A_GROUP_DM = 8;
const readScopes = { public: 'channels:read', private: 'groups:read', im: 'im:read', mpim: 'mpim:read' };

export const lookupMethods: Record<string, Method> = {
  'auth.test': botMethod(600, [], authTest),
  'apps.connections.open': {
    token: 'app',
    perMinute: TIER[1],
    scopes: [],
    run: (_args, context) => ({ url: context.socketUrl() }),
  },
  'bots.info': botMethod(TIER[3], ['users:read'], botInfo),
  'users.info': botMethod(TIER[4], ['users:read'], userInfo),
  'usergroups.users.list': botMethod(TIER[2], ['usergroups:read'], usergroupUsers),
  'conversations.open': botMethod(TIER[3], ['im:write', 'mpim:write'], openConversation),
  'conversations.info': botMethod(TIER[3], Object.values(readScopes), conversationInfo),
};

function authTest(_args: Fields, { workspace, origin }: ApiContext): object {
  return {
    url: `${origin}/`,
    team: TEAM.name,
    user: workspace.users.get(BOT_USER_ID)?.name ?? 'envcheck',
    team_id: TEAM.id,
    user_id: BOT_USER_ID,
    bot_id: BOT_ID,
    app_id: APP_ID,
    is_enterprise_install: false,
  };
}

function botInfo(args: Fields): object {
  if (args.bot !== undefined && args.bot !== BOT_ID) throw new Refusal('bot_not_found');
  const icons = { image_36: '', image_48: '', image_72: '' };
  return {
    bot: { id: BOT_ID, deleted: false, name: 'envcheck', app_id: APP_ID, user_id: BOT_USER_ID, icons },
  };
}

function userInfo(args: Fields, { workspace }: ApiContext): object {
  const id = requiredArg(args, 'user');
  const user = workspace.users.get(id);
  if (!user) throw new Refusal('user_not_found');
  const profile = { real_name: user.name, display_name: user.name };
  return {
    user: {
      id,
      team_id: user.team ?? TEAM.id,
      is_restricted: user.isGuest ?? false,
      is_ultra_restricted: false,
      is_stranger: user.team !== undefined,
      name: user.name,
      real_name: user.name,
      deleted: user.deleted ?? false,
      tz: user.tz ?? 'America/New_York',
      is_bot: id === BOT_USER_ID,
      profile,
    },
  };
}

function usergroupUsers(args: Fields, { workspace }: ApiContext): object {
  const group = workspace.usergroups.get(requiredArg(args, 'usergroup'));
  if (!group) throw new Refusal('no_such_subteam');
  return { users: [...group.users] };
}

function openConversation(args: Fields, { workspace }: ApiContext): object {
  if (args.channel) {
    const channel = visibleChannel(workspace, String(args.channel));
    if (!channel) throw new Refusal('channel_not_found');
    return { channel: { id: channel.id } };
  }
  const ids = String(args.users ?? '')
    .split(',')
    .map((id) => id.trim())
    .filter(Boolean);
  if (ids.length === 0) throw new Refusal('users_list_not_supplied');
  if (ids.length > MAX_USERS_OF_A_GROUP_DM) throw new Refusal('too_many_users');
  for (const id of ids) {
    if (!workspace.users.has(id)) throw new Refusal('user_not_found');
    if (workspace.users.get(id)?.deleted) throw new Refusal('user_disabled');
  }
  const channel = ids.length === 1 ? directMessage(workspace, String(ids[0])) : groupMessage(workspace, ids);
  if (!channel) throw new Refusal('user_not_found');
  return { channel: { id: channel.id } };
}

function groupMessage(workspace: Workspace, ids: string[]): Channel {
  const name = `mpdm-${[...ids].sort().join('--').toLowerCase()}`;
  const existing = [...workspace.channels.values()].find((channel) => channel.name === name);
  if (existing) return existing;
  const id = workspace.nextId('G');
  const members = new Set([...ids, BOT_USER_ID]);
  const opened: Channel = { id, name, kind: 'mpim', members, archived: false, isShared: false };
  workspace.channels.set(id, opened);
  return opened;
}

function conversationInfo(args: Fields, { workspace }: ApiContext): object {
  const channel = visibleChannel(workspace, requiredArg(args, 'channel'));
  if (!channel) throw new Refusal('channel_not_found');
  const needed = readScopes[channel.kind];
  if (!workspace.scopes.has(needed)) {
    throw new Refusal('missing_scope', { needed, provided: [...workspace.scopes].join(',') });
  }
  return {
    channel: {
      id: channel.id,
      name: channel.name,
      is_channel: channel.kind === 'public',
      is_group: channel.kind === 'private',
      is_im: channel.kind === 'im',
      is_mpim: channel.kind === 'mpim',
      is_ext_shared: channel.isShared,
      is_private: channel.kind !== 'public',
      is_archived: channel.archived,
      is_member: channel.members.has(BOT_USER_ID),
      num_members: channel.members.size,
    },
  };
}
