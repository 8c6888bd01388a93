import type { Message } from '../../text/message.ts';

/** Where a message stands in Slack. */
export interface PostedMessage {
  channel: string;
  ts: string;
}

export interface OutgoingMessage {
  /** `obx_…`: stands in the message's metadata, by which it is found again. */
  id: string;
  channel: string;
  message: Message;
  /** In whose thread; null: in none. */
  threadTs: string | null;
  broadcast: boolean;
}

/** What is known after something was asked of Slack. */
export type Outcome<Result> =
  | { kind: 'done'; result: Result }
  /** Slack's word for why not, such as `is_archived`. Nothing has happened. */
  | { kind: 'refused'; code: string }
  /** Slack wants to be asked again later. Nothing has happened. */
  | { kind: 'paused'; ms: number }
  /** Slack was not reached. Nothing has happened. */
  | { kind: 'unreached'; why: string }
  /** It may have happened and may not: the answer did not come. */
  | { kind: 'unknown'; why: string };

/** What the outbox needs of Slack. None of it throws, none of it tries twice. */
export interface Courier {
  post(letter: OutgoingMessage): Promise<Outcome<PostedMessage>>;
  update(place: PostedMessage, message: Message): Promise<Outcome<PostedMessage>>;
  /** The message that was posted for a letter in that time (epoch ms), if Slack has it. */
  find(letter: OutgoingMessage, within: { from: number; to: number }): Promise<Outcome<PostedMessage | null>>;
  /** Hands the bytes over; nobody sees them before `share`. Slack's id of the file. */
  upload(picture: { png: Uint8Array; name: string; alt: string }): Promise<Outcome<string>>;
  /** Shows an uploaded file in a thread. Slack does this once for a file, so that it may be asked twice. */
  share(file: string, place: PostedMessage, title: string): Promise<Outcome<null>>;
}
