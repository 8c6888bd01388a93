import type {
  AllMiddlewareArgs,
  BlockAction,
  BlockButtonAction,
  SlackActionMiddlewareArgs,
  StaticSelectAction,
} from '@slack/bolt';
import type { Message } from '../../text/message.ts';
import {
  type Answer,
  type AnswerTools,
  answerInPlace,
  answerInPrivatePlace,
  answerPrivately,
} from '../answer.ts';

/** Bolt's arguments for a click on a button of a message or of the App Home. */
export type ClickArgs = SlackActionMiddlewareArgs<BlockButtonAction> & AllMiddlewareArgs;
/** Bolt's arguments for a choice in a menu. */
export type ChoiceArgs = SlackActionMiddlewareArgs<BlockAction<StaticSelectAction>> & AllMiddlewareArgs;

type Clicked = Pick<BlockAction, 'container' | 'channel' | 'message'>;

/** True when the message of the button is private. */
export const isEphemeral = ({ container }: Pick<Clicked, 'container'>): boolean =>
  container.is_ephemeral === true;

/** The channel of the message. Throws when there is none. */
export function channelOf({ channel }: Pick<Clicked, 'channel'>): string {
  if (!channel?.id) throw new Error('a click without a channel');
  return channel.id;
}

/** The message of the button, to be edited later; null when it is private. */
export function placeOf(body: Clicked): { channel: string; ts: string } | null {
  const [channel, ts] = [body.channel?.id, body.message?.ts];
  return channel && ts && !isEphemeral(body) ? { channel, ts } : null;
}

/** Answers in the message of the button, starting with `initial`. */
export async function answerWhereClicked(
  tools: AnswerTools,
  body: Clicked,
  initial: Message,
): Promise<Answer> {
  if (isEphemeral(body)) return answerInPrivatePlace(tools, initial);
  const place = placeOf(body);
  if (!place) return answerPrivately(tools, initial, null);
  const answer = answerInPlace(tools, place);
  answer.progress(initial);
  return answer;
}

export const sharedBy = (message: Message, user: string): Message => ({
  text: message.text,
  blocks: [
    { type: 'context', elements: [{ type: 'mrkdwn', text: `Shared by <@${user}>` }] },
    ...message.blocks,
  ],
});

/** Answer to a button that is older than the config. */
export const missingEnvironmentText = (name: string): string =>
  `There is no environment “${name}” any more. \`/envcheck\` lists the environments.`;
