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

/** What Bolt hands over when a button of a message or of the Home is clicked. */
export type ClickArgs = SlackActionMiddlewareArgs<BlockButtonAction> & AllMiddlewareArgs;
/** The same for an entry of a menu. */
export type ChoiceArgs = SlackActionMiddlewareArgs<BlockAction<StaticSelectAction>> & AllMiddlewareArgs;

type Clicked = Pick<BlockAction, 'container' | 'channel' | 'message'>;

/** Whether the message of the button is one that the person alone sees. */
export const isEphemeral = ({ container }: Pick<Clicked, 'container'>): boolean =>
  container.is_ephemeral === true;

/** The channel of the message. Throws where there is none: what is shared stands in a message. */
export function channelOf({ channel }: Pick<Clicked, 'channel'>): string {
  if (!channel?.id) throw new Error('a click without a channel');
  return channel.id;
}

/** The message of the button, as one that can be edited later; null: the person alone sees it. */
export function placeOf(body: Clicked): { channel: string; ts: string } | null {
  const [channel, ts] = [body.channel?.id, body.message?.ts];
  return channel && ts && !isEphemeral(body) ? { channel, ts } : null;
}

/** Answers where the button stood, beginning with `initial`. */
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

/** Of a button that is older than the config. */
export const missingEnvironmentText = (name: string): string =>
  `There is no environment “${name}” any more. \`/envcheck\` shows those that there are.`;
