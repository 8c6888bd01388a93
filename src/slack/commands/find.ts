import { type AnswerTools, answerInChannel, respondPrivately } from '../answer.ts';
import { timelineMessage } from '../blocks/timeline.ts';
import type { SlackTools } from '../handlers.ts';

/** `/envcheck find ID`: privately, since a timeline can say more about a contract than a channel should know. */
export async function showFind(
  tools: SlackTools,
  answering: AnswerTools,
  query: string,
  channel: string | null,
): Promise<void> {
  const result = await tools.find(query);
  const { environments } = tools.config;
  if (channel === null)
    return respondPrivately(answering, timelineMessage(result, { environments, isPrivate: true }), false);
  await answerInChannel(answering, channel, timelineMessage(result, { environments, isPrivate: false }));
}
