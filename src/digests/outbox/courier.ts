import type { Message } from '../../text/message.ts';

/** The address of a message that Slack has. */
export interface PostedMessage {
  channel: string;
  ts: string;
}

export interface OutgoingMessage {
  /** `obx_…`. It is stored in the metadata of the message, so that the message can be found again. */
  id: string;
  channel: string;
  message: Message;
  /** Timestamp of the thread's first message; null outside a thread. */
  threadTs: string | null;
  broadcast: boolean;
}

/** The place of a message in its channel. */
export interface PostedWhere {
  /** Slack's timestamp of the newest message before it; null when none is known. It holds whatever our clock says. */
  after: string | null;
  /** The time by our clock, epoch ms, for a channel where too much was written since. */
  from: number;
  to: number;
}

/** The knowledge after a call to Slack. */
export type Outcome<Result> =
  | { kind: 'done'; result: Result }
  /** Slack refused with an error code, such as `is_archived`. Nothing has happened. */
  | { kind: 'refused'; code: string }
  /** Slack limits the rate: call again after `ms`. Nothing has happened. */
  | { kind: 'paused'; ms: number }
  /** Slack could not be reached. Nothing has happened. */
  | { kind: 'unreached'; why: string }
  /** No answer came: the call may have had its effect. */
  | { kind: 'unknown'; why: string };

/** The calls that the outbox makes to Slack. No method throws or retries. */
export interface Courier {
  post(message: OutgoingMessage): Promise<Outcome<PostedMessage>>;
  update(place: PostedMessage, message: Message): Promise<Outcome<PostedMessage>>;
  /** Finds a message that may have been posted; null when Slack has none. */
  find(message: OutgoingMessage, where: PostedWhere): Promise<Outcome<PostedMessage | null>>;
  /** Uploads the bytes. Nobody sees the file before `share`. Returns Slack's id of the file. */
  upload(picture: { png: Uint8Array; name: string; alt: string }): Promise<Outcome<string>>;
  /** Shows an uploaded file in a thread. Slack does this once per file, so a repeated call is safe. */
  share(file: string, place: PostedMessage, title: string): Promise<Outcome<null>>;
}
