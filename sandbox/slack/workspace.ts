import { randomBytes } from 'node:crypto';
import type { Clock } from '../../src/time/clock.ts';
import {
  BOT_USER_ID,
  type ChannelSeed,
  type SlackOptions,
  type StoredMessage,
  type UsergroupSeed,
  type UserSeed,
} from './contract.ts';
import type { Journal } from './journal.ts';

export const TEAM = { id: 'T0SIMTEAM', name: 'Simulated Workspace', domain: 'simulated' };
export const APP_ID = 'A0SIMAPP';
export const BOT_ID = 'B0SIMBOT';
/** Author of Slack's own lines to a person. */
export const SLACKBOT = 'USLACKBOT';

export interface Channel {
  id: string;
  name: string;
  kind: 'public' | 'private' | 'im' | 'mpim';
  members: Set<string>;
  archived: boolean;
  isShared: boolean;
}

/** All state of the simulated workspace, as plain data. The functions that change it are grouped by subject. */
export interface Workspace {
  clock: Clock;
  journal: Journal;
  botToken: string;
  appToken: string;
  signingSecret: string;
  /** The deprecated `token` field of payloads. */
  verificationToken: string;
  scopes: Set<string>;
  homeTab: boolean;
  messagesTab: boolean;
  users: Map<string, UserSeed>;
  usergroups: Map<string, UsergroupSeed>;
  channels: Map<string, Channel>;
  /** All channels' messages in order of posting, without deleted ones. */
  messages: StoredMessage[];
  /** A message timestamp from the clock: seconds and microseconds, always greater than the last one. */
  nextTs(): string;
  nextId(prefix: string): string;
}

/** @param options seeds; SlackOptions documents the defaults */
export function createWorkspace(options: SlackOptions, clock: Clock, journal: Journal): Workspace {
  const users = new Map((options.users ?? defaultUsers).map((user) => [user.id, user]));
  const seeds = options.channels ?? defaultChannels([...users.keys()]);
  let lastMicros = 0;
  let lastId = 0;
  return {
    clock,
    journal,
    botToken: options.botToken ?? `xoxb-sim-${randomBytes(12).toString('hex')}`,
    appToken: options.appToken ?? `xapp-sim-${randomBytes(12).toString('hex')}`,
    signingSecret: options.signingSecret ?? randomBytes(16).toString('hex'),
    verificationToken: randomBytes(12).toString('hex'),
    scopes: new Set(options.scopes ?? ['commands', 'chat:write', 'chat:write.public', 'users:read']),
    homeTab: options.homeTab ?? true,
    messagesTab: options.messagesTab ?? true,
    users,
    usergroups: new Map((options.usergroups ?? []).map((group) => [group.id, group])),
    channels: new Map(seeds.map((seed) => [seed.id, channelFrom(seed)])),
    messages: [],
    nextTs() {
      lastMicros = Math.max(clock.now() * 1000, lastMicros + 1);
      return `${Math.floor(lastMicros / 1e6)}.${String(lastMicros % 1e6).padStart(6, '0')}`;
    },
    nextId(prefix) {
      lastId += 1;
      return `${prefix}0SIM${lastId.toString(36).toUpperCase().padStart(4, '0')}`;
    },
  };
}

const defaultUsers: UserSeed[] = [
  { id: 'U0ALICE', name: 'alice', tz: 'America/New_York' },
  { id: 'U0BOB', name: 'bob', tz: 'Europe/Berlin' },
];

function defaultChannels(users: string[]): ChannelSeed[] {
  return [
    { id: 'C0GENERAL', name: 'general', members: [...users, BOT_USER_ID] },
    { id: 'C0NOBOT', name: 'no-bot', members: users },
    { id: 'G0SECRET', name: 'secret', isPrivate: true, members: users },
  ];
}

function channelFrom(seed: ChannelSeed): Channel {
  return {
    id: seed.id,
    name: seed.name,
    kind: seed.isPrivate ? 'private' : 'public',
    members: new Set(seed.members),
    archived: seed.archived ?? false,
    isShared: seed.isShared ?? false,
  };
}

/** A person's DM with the bot, opened if needed. Null for an unknown or deactivated person. */
export function directMessage(workspace: Workspace, userId: string): Channel | null {
  const user = workspace.users.get(userId);
  if (!user || user.deleted || userId === BOT_USER_ID) return null;
  const id = `D${userId.slice(1)}`;
  const existing = workspace.channels.get(id);
  if (existing) return existing;
  const opened: Channel = {
    id,
    name: 'directmessage',
    kind: 'im',
    members: new Set([userId, BOT_USER_ID]),
    archived: false,
    isShared: false,
  };
  workspace.channels.set(id, opened);
  return opened;
}

/** A channel that the bot can see. Private channels without the bot do not exist for it. */
export function visibleChannel(workspace: Workspace, id: string): Channel | null {
  const channel = workspace.channels.get(id);
  if (!channel) return null;
  return channel.kind === 'public' || channel.members.has(BOT_USER_ID) ? channel : null;
}

/** The user with this id, or the first user. @throws when there is none */
export function requireUser(workspace: Workspace, id: string | undefined): UserSeed {
  const user = id === undefined ? workspace.users.values().next().value : workspace.users.get(id);
  if (!user) {
    throw new Error(
      `No user '${id}' in the simulated workspace. Known ids: ${[...workspace.users.keys()].join(', ')}.`,
    );
  }
  return user;
}

/** The channel with this id (a user id means the DM), or the first channel. @throws when there is none */
export function requireChannel(workspace: Workspace, id: string | undefined): Channel {
  if (id?.startsWith('U')) {
    const dm = directMessage(workspace, id);
    if (dm) return dm;
  }
  const channel = id === undefined ? workspace.channels.values().next().value : workspace.channels.get(id);
  if (!channel) {
    throw new Error(
      `No channel '${id}' in the simulated workspace. Known ids: ${[...workspace.channels.keys()].join(', ')}.`,
    );
  }
  return channel;
}
