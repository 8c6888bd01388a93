import type { Clock } from '../../src/time/clock.ts';
import type { FaultRule } from './faults.ts';

/** The bot's own user id in every simulated workspace; a channel's `members` names it where the bot is in. */
export const BOT_USER_ID = 'U0SIMBOT';

export interface UserSeed {
  id: string;
  name: string;
  /** IANA name; America/New_York where left out. */
  tz?: string;
  deleted?: boolean;
}

export interface ChannelSeed {
  id: string;
  /** Without the `#`. */
  name: string;
  isPrivate?: boolean;
  /** User ids, with BOT_USER_ID where the bot is in. */
  members: string[];
  archived?: boolean;
}

export interface UsergroupSeed {
  id: string;
  handle: string;
  users: string[];
}

export interface SlackOptions {
  /** Tokens and secret are random where left out: nothing can come to depend on a well-known one. */
  botToken?: string;
  appToken?: string;
  signingSecret?: string;
  /** Dates messages, triggers, response URLs and rate limits. The 3 s for an ack run on real time. */
  clock?: Clock;
  /** 0 (default) takes any free port. */
  port?: number;
  /** Default: #general with everyone and the bot, #no-bot (public) and a private channel without the bot. */
  channels?: ChannelSeed[];
  users?: UserSeed[];
  usergroups?: UsergroupSeed[];
  /** Granted bot scopes. Default: commands, chat:write, chat:write.public. */
  scopes?: string[];
  /** Slack's real pace: 1 message a second and channel, tiers per method and minute. Off by default. */
  enforceRateLimits?: boolean;
  /** The tabs of the app's home, as the manifest switches them. Both on by default. */
  homeTab?: boolean;
  messagesTab?: boolean;
  /** Waits before an unacknowledged event is sent again, ms. Default: at once, 1 min, 5 min, as documented. */
  eventRetryDelaysMs?: number[];
}

/** How a command, click or event ended, from Slack's side. */
export interface Ack {
  /** Acknowledged within 3 s with a 2xx (HTTP) or an envelope's answer (Socket Mode), and Slack could use it. */
  ok: boolean;
  /** HTTP status; null in Socket Mode and where no answer came. */
  status: number | null;
  ms: number;
  /** HTTP: the body as received. Socket Mode: the payload as JSON, '' where it was empty. */
  body: string;
  error?: AckError;
}

/**
 * operation_timeout: nothing within 3 s. app_not_reachable: no Socket Mode connection to send to.
 * dispatch_failed: the request URL refused the connection or answered other than 2xx.
 * invalid_response: acknowledged, but with something Slack cannot show.
 */
export type AckError = 'operation_timeout' | 'app_not_reachable' | 'dispatch_failed' | 'invalid_response';

export interface StoredFile {
  id: string;
  name: string;
  title: string;
  /** What a screen reader says in place of an image; empty where the app gave nothing. */
  altText: string;
  content: string;
  /** As uploaded. */
  bytes: Uint8Array;
}

/** A message as it stands. Blocks carry the block and action ids that Slack fills in where the app gave none. */
export interface StoredMessage {
  channel: string;
  ts: string;
  /** Author: a person, the bot (BOT_USER_ID), or USLACKBOT for Slack's own lines. */
  user: string;
  text: string;
  blocks: unknown[];
  /** Of messages of others; the bot sends none. */
  attachments: unknown[];
  /** The only user who sees it; null for a message everyone in the channel sees. */
  ephemeralFor: string | null;
  threadTs: string | null;
  /** How often the app changed it. */
  edits: number;
  /** The URL it came through, where it came through one. */
  responseUrl: string | null;
  /** As sent; null where the app left it to Slack, which then unfurls. */
  unfurlLinks: boolean | null;
  unfurlMedia: boolean | null;
  files: StoredFile[];
  /** What the app attached for programs to read; null where it attached nothing. */
  metadata: MessageMetadata | null;
}

export interface MessageMetadata {
  event_type: string;
  event_payload: Record<string, unknown>;
}

/** A modal or a Home tab as it stands. `view` is the app's part, `errors` what the last submission was refused for. */
export interface StoredView {
  id: string;
  type: 'modal' | 'home';
  user: string;
  hash: string;
  view: Record<string, unknown>;
  errors: Record<string, string>;
}

export type LogKind =
  | 'post'
  | 'update'
  | 'delete'
  | 'ephemeral'
  | 'response_url'
  | 'refused'
  | 'notice'
  | 'command'
  | 'echo'
  | 'interaction'
  | 'event'
  | 'view'
  | 'file'
  | 'connection';

/** One thing that happened. */
export interface LogEntry {
  /** Epoch ms, by the simulator's clock. */
  at: number;
  kind: LogKind;
  /** What did it: a Web API method, `response_url`, `ack`, `person` or `slack`. */
  via: string;
  channel: string | null;
  user: string | null;
  ts: string | null;
  /** The message's text, the command as typed, or a word on what happened. */
  text: string;
  /** The message as it then was. */
  message: StoredMessage | null;
  /** Why it was refused or failed. */
  error: string | null;
}

/** One Web API call as it arrived, with what it got. */
export interface ApiCall {
  method: string;
  /** Parsed: JSON-string fields are values again. Never holds the token. */
  args: Record<string, unknown>;
  token: TokenKind;
  at: number;
  ok: boolean;
  error: string | null;
  /** HTTP status; null where a fault left the call without an answer. */
  status: number | null;
}

export type TokenKind = 'bot' | 'app' | 'none' | 'unknown';

export type DisconnectReason = 'warning' | 'refresh_requested' | 'link_disabled' | 'too_many_websockets';

export interface CommandInput {
  text: string;
  /** Default: the first user. */
  user?: string;
  /** Default: the first channel. */
  channel?: string;
  /** Default: /envcheck. */
  command?: string;
}

export type ClickInput = {
  actionId: string;
  /** Picks a button among several with that action id, or the option (user, channel, date) chosen. */
  value?: string;
  /** Of an element that takes several: all that are chosen. Wins over `value`. */
  values?: string[];
  user?: string;
} & ({ message: StoredMessage } | { view: StoredView });

export interface SubmitInput {
  /** Default: the modal on top for that user. */
  view?: StoredView;
  user?: string;
  /** What the person entered, by action id: text, an option's value, several values, or null for nothing. */
  values?: Record<string, string | string[] | null>;
}

export interface SimulatedSlack {
  /** What SLACK_API_URL takes: http://127.0.0.1:PORT/api/ */
  apiUrl: string;
  botToken: string;
  appToken: string;
  signingSecret: string;
  botUserId: string;
  /** Where commands, interactions and events are POSTed, signed. Null (default): Socket Mode. */
  requestUrl: string | null;
  connections(): number;
  waitForConnection(timeoutMs?: number): Promise<void>;
  /** Sends the disconnect envelope to every connection. */
  disconnect(reason: DisconnectReason): void;
  /** Cuts every Socket Mode connection without a goodbye. */
  dropConnections(): void;
  /** A person types a slash command. Resolves once it is acknowledged, or after 3 s. */
  command(input: CommandInput): Promise<Ack>;
  /** A person uses a button, menu or picker. Throws where the message or view does not show that element. */
  click(input: ClickInput): Promise<Ack>;
  /** A person submits a modal. Throws where the client would not let them (a required input left empty). */
  submitView(input: SubmitInput): Promise<Ack>;
  /** A person closes the modal on top. Null where the app did not ask to be told (`notify_on_close`). */
  closeView(input?: { user?: string }): Promise<Ack | null>;
  /** A person picks a message shortcut. Throws on an ephemeral message, where Slack offers none. */
  shortcut(input: { message: StoredMessage; callbackId: string; user?: string }): Promise<Ack>;
  globalShortcut(input: { callbackId: string; user?: string }): Promise<Ack>;
  /** A person opens the app's Home tab. The ack is that of the first attempt; retries go on behind. */
  openHome(user?: string): Promise<Ack>;
  /** An admin deactivates an account. What that person sent before still arrives. */
  deactivate(user: string): void;
  /** A person writes a message. No event is sent: the app subscribes to none. */
  say(input: {
    text: string;
    channel?: string;
    user?: string;
    threadTs?: string;
    /** What other apps send; taken as it is. */
    blocks?: Record<string, unknown>[];
    attachments?: unknown[];
  }): StoredMessage;
  /** A person invites the bot into a channel. */
  invite(channel: string): void;
  /** What everyone in a channel (or, given a user id, in the DM with the bot) sees, oldest first. Copies. */
  messages(channel: string): StoredMessage[];
  /** What single people see there, oldest first. Copies. */
  ephemerals(channel: string, user?: string): StoredMessage[];
  /** Open modals of a user, the one on top last. */
  modals(user?: string): StoredView[];
  home(user?: string): StoredView | null;
  history: LogEntry[];
  calls: ApiCall[];
  /** Resolves with the first truthy answer, asked again at every change. The error tells what history holds. */
  waitFor<T>(probe: () => T | undefined | false | null, timeoutMs?: number): Promise<T>;
  faults: { add(rule: FaultRule): void; clear(): void };
  stop(): Promise<void>;
}
