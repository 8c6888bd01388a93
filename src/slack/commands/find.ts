import { type AnswerTools, answerInChannel, respondPrivately } from '../answer.ts';
import { timelineMessage } from '../blocks/timeline.ts';
import type { SlackTools } from '../handlers.ts';

/** What a find asks for, and where its answer goes: null is to the asker alone. */
export interface Find {
  id: string;
  environment: string | null;
  channel: string | null;
}

/** `/envcheck find ID`: privately, since a timeline can say more about a contract than a channel should know. */
export async function showFind(
  tools: SlackTools,
  answering: AnswerTools,
  { id, environment, channel }: Find,
): Promise<void> {
  const result = await tools.log.find({ id, environment });
  const { environments } = tools.config;
  const view = { environments, environment, isPrivate: channel === null };
  if (channel === null) return respondPrivately(answering, timelineMessage(result, view), false);
  await answerInChannel(answering, channel, timelineMessage(result, view));
}
