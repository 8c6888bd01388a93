import type { Clock } from '../../src/time/clock.ts';
import type { FaultRule } from './faults.ts';

/** The bot's user id in every simulated workspace. `members` of the bot's channels contain it. */
export const BOT_USER_ID = 'U0SIMBOT';

export interface UserSeed {
  id: string;
  name: string;
  /** IANA name. Default: America/New_York. */
  tz?: string;
  deleted?: boolean;
  isGuest?: boolean;
  /** The workspace of a person from outside. Default: the simulated one. */
  team?: string;
}

export interface ChannelSeed {
  id: string;
  /** Without the `#`. */
  name: string;
  isPrivate?: boolean;
  /** Shared with another organization. */
  isShared?: boolean;
  /** User ids, including BOT_USER_ID when the bot is a member. */
  members: string[];
  archived?: boolean;
}

export interface UsergroupSeed {
  id: string;
  handle: string;
  users: string[];
}

export interface SlackOptions {
  /** Tokens and secret are random by default, so that nothing can depend on a known one. */
  botToken?: string;
  appToken?: string;
  signingSecret?: string;
  /** Clock of messages, triggers, response URLs and rate limits. The time for an ack is real time. */
  clock?: Clock;
  /** Default: 0, any free port. */
  port?: number;
  /** Default: #general with everyone and the bot, #no-bot (public) and a private channel without the bot. */
  channels?: ChannelSeed[];
  users?: UserSeed[];
  usergroups?: UsergroupSeed[];
  /** Granted bot scopes. Default: commands, chat:write, chat:write.public. */
  scopes?: string[];
  /** Enforces Slack's limits: 1 message per second and channel, and tiers per method and minute. Off by default. */
  enforceRateLimits?: boolean;
  /** The tabs of the app's home, as set in the manifest. Both on by default. */
  homeTab?: boolean;
  messagesTab?: boolean;
  /** Time that Slack waits for a 2xx or an acknowledged envelope, ms, in real time. Default: 3,000, as documented. */
  ackTimeoutMs?: number;
  /** Delays before each retry of an unacknowledged event, ms. Default: Slack's documented 0, 1 min, 5 min. */
  eventRetryDelaysMs?: number[];
}

/** The result of a command, click or event, as Slack sees it. */
export interface Ack {
  /** True when acknowledged within 3 s by a 2xx (HTTP) or an envelope's answer (Socket Mode) that Slack can use. */
  ok: boolean;
  /** HTTP status; null in Socket Mode and when no answer came. */
  status: number | null;
  ms: number;
  /** HTTP: the body as received. Socket Mode: the payload as JSON, '' when empty. */
  body: string;
  error?: AckError;
}

/**
 * operation_timeout: no answer within 3 s. app_not_reachable: there is no Socket Mode connection.
 * dispatch_failed: the request URL refused the connection or did not answer with 2xx.
 * invalid_response: acknowledged with content that Slack cannot show.
 */
export type AckError = 'operation_timeout' | 'app_not_reachable' | 'dispatch_failed' | 'invalid_response';

export interface StoredFile {
  id: string;
  name: string;
  title: string;
  /** The text that a screen reader says for an image; empty when the app gave none. */
  altText: string;
  content: string;
  /** The uploaded bytes. */
  bytes: Uint8Array;
}

/** The current state of a message. Blocks have the block and action ids that Slack fills in when the app gave none. */
export interface StoredMessage {
  channel: string;
  ts: string;
  /** Author: a person, the bot (BOT_USER_ID), or USLACKBOT for Slack's own lines. */
  user: string;
  text: string;
  blocks: unknown[];
  /** Only other apps' messages have attachments; the bot sends none. */
  attachments: unknown[];
  /** The only user who sees the message; null when everyone in the channel does. */
  ephemeralFor: string | null;
  threadTs: string | null;
  /** Number of edits by the app. */
  edits: number;
  /** The response URL that created it; null when another way did. */
  responseUrl: string | null;
  /** The value the app sent; null when it sent none, and Slack then unfurls. */
  unfurlLinks: boolean | null;
  unfurlMedia: boolean | null;
  files: StoredFile[];
  /** Metadata that the app attached for programs; null when it attached none. */
  metadata: MessageMetadata | null;
}

export interface MessageMetadata {
  event_type: string;
  event_payload: Record<string, unknown>;
}

/** The current state of a modal or Home tab. `view` is the app's part, `errors` those of the last submission. */
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

/** One event in the simulated workspace. */
export interface LogEntry {
  /** Time by the simulator's clock, epoch ms. */
  at: number;
  kind: LogKind;
  /** The cause: a Web API method, `response_url`, `ack`, `person` or `slack`. */
  via: string;
  channel: string | null;
  user: string | null;
  ts: string | null;
  /** The message's text, the typed command, or a short description. */
  text: string;
  /** A copy of the message at that time. */
  message: StoredMessage | null;
  /** Reason for the refusal or failure; null when it succeeded. */
  error: string | null;
}

/** One Web API call and its result. */
export interface ApiCall {
  method: string;
  /** Parsed arguments: JSON strings are values again. The token is removed. */
  args: Record<string, unknown>;
  token: TokenKind;
  at: number;
  ok: boolean;
  error: string | null;
  /** HTTP status; null when a fault left the call unanswered. */
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
  /** Selects one of several buttons with that action id, or the chosen option (user, channel, date). */
  value?: string;
  /** All chosen values, for an element that accepts several. Takes precedence over `value`. */
  values?: string[];
  user?: string;
} & ({ message: StoredMessage } | { view: StoredView });

export interface SubmitInput {
  /** Default: the modal on top for that user. */
  view?: StoredView;
  user?: string;
  /** Entered values by action id: a text, an option's value, several values, or null for none. */
  values?: Record<string, string | string[] | null>;
}

export interface SimulatedSlack {
  /** The value for SLACK_API_URL: http://127.0.0.1:PORT/api/ */
  apiUrl: string;
  botToken: string;
  appToken: string;
  signingSecret: string;
  botUserId: string;
  /** The app's URL for signed commands, interactions and events. Default: null, which means Socket Mode. */
  requestUrl: string | null;
  connections(): number;
  waitForConnection(timeoutMs?: number): Promise<void>;
  /** Sends the disconnect envelope to every connection. */
  disconnect(reason: DisconnectReason): void;
  /** Cuts every Socket Mode connection without closing it properly. */
  dropConnections(): void;
  /** Sends a frame as it is to every connection of Socket Mode. */
  sendRaw(text: string): void;
  /** A person types a slash command. Resolves once it is acknowledged, or after 3 s. */
  command(input: CommandInput): Promise<Ack>;
  /** A person uses a button, menu or picker. Throws when the message or view does not show that element. */
  click(input: ClickInput): Promise<Ack>;
  /** A person submits a modal. Throws when Slack's client would prevent it (a required input is empty). */
  submitView(input: SubmitInput): Promise<Ack>;
  /** A person closes the top modal. Null when the app did not set `notify_on_close`. */
  closeView(input?: { user?: string }): Promise<Ack | null>;
  /** A person picks a message shortcut. Throws for an ephemeral message, which has none. */
  shortcut(input: { message: StoredMessage; callbackId: string; user?: string }): Promise<Ack>;
  globalShortcut(input: { callbackId: string; user?: string }): Promise<Ack>;
  /** A person opens the app's Home tab. Resolves with the first attempt; retries continue in the background. */
  openHome(user?: string): Promise<Ack>;
  /** An admin deactivates an account. Payloads sent before still arrive. */
  deactivate(user: string): void;
  /** An admin changes an account, or it moves to another workspace. */
  changeUser(user: string, changes: Partial<Omit<UserSeed, 'id'>>): void;
  /** An admin shares the channel with another organization. */
  shareChannel(channel: string): void;
  /** A person writes a message. It causes no event, because the app subscribes to none. */
  say(input: {
    text: string;
    channel?: string;
    user?: string;
    threadTs?: string;
    /** Blocks of another app, not validated. */
    blocks?: Record<string, unknown>[];
    attachments?: unknown[];
  }): StoredMessage;
  /** A person invites the bot into a channel. */
  invite(channel: string): void;
  /** Copies of a channel's public messages, oldest first. A user id means the DM with the bot. */
  messages(channel: string): StoredMessage[];
  /** Copies of a channel's ephemeral messages, oldest first. */
  ephemerals(channel: string, user?: string): StoredMessage[];
  /** Open modals of a user, the top one last. */
  modals(user?: string): StoredView[];
  home(user?: string): StoredView | null;
  history: LogEntry[];
  calls: ApiCall[];
  /** Calls `probe` at every change and resolves with its first truthy result. A timeout's error quotes the history. */
  waitFor<T>(probe: () => T | undefined | false | null, timeoutMs?: number): Promise<T>;
  faults: { add(rule: FaultRule): void; clear(): void };
  stop(): Promise<void>;
}
