import type { Message } from '../../text/message.ts';
import { type AnswerTools, answerInChannel, respondPrivately } from '../answer.ts';
import { failuresMessage } from '../blocks/failures.ts';
import { environmentOf, type SlackTools } from '../slack-tools.ts';

/** The query of a list; its buttons carry it too. */
export interface FailuresQuery {
  environment: string;
  all: boolean;
}

/** `/envcheck failures ENV` answers privately, because samples lead to contracts, unless `channel` is given. */
export async function showFailures(
  tools: SlackTools,
  answering: AnswerTools,
  query: FailuresQuery,
  { channel }: { channel: string | null },
): Promise<void> {
  const message = await currentFailures(tools, query, channel === null);
  if (channel === null) return respondPrivately(answering, message, false);
  await answerInChannel(answering, channel, message);
}

export async function currentFailures(
  tools: SlackTools,
  { environment: name, all }: FailuresQuery,
  isPrivate: boolean,
): Promise<Message> {
  const environment = environmentOf(tools, name);
  if (!environment) throw new Error(`no environment ${name}`);
  return failuresMessage({ environment, all, isPrivate, overview: await tools.failures.read(environment) });
}
