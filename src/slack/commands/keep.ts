import { keepForIncident } from '../../events/find/incident-marks.ts';
import { activeMarks } from '../../store/incident-marks.ts';
import { resultLine } from '../../text/act-result.ts';
import { type AnswerTools, respondPrivately } from '../answer.ts';
import { marksMessage } from '../blocks/marks.ts';
import { mrkdwnMessage, quotedMessage } from '../blocks/text.ts';
import type { SlackTools } from '../slack-tools.ts';
import type { KeepCommand } from './parse-keep.ts';

/** `/envcheck keep` lists the incident marks; with an id it adds one, for people who may accept differences. */
export async function runKeep(
  tools: SlackTools,
  answering: AnswerTools,
  { request }: KeepCommand,
  user: string,
): Promise<void> {
  if (request === null)
    return respondPrivately(answering, marksMessage(await activeMarks(tools.db, tools.clock.now())), false);
  const decision = await tools.access.decide(user, tools.config.access.waive);
  if (!decision.allowed)
    return respondPrivately(
      answering,
      mrkdwnMessage(`You may not add an incident mark. ${decision.why}`),
      false,
    );
  const result = await keepForIncident(tools, request, `slack:${user}`);
  const text =
    result.kind === 'done' ? `✅ ${result.summary}` : `❌ Nothing was changed. ${resultLine(result)}`;
  await respondPrivately(answering, quotedMessage(text), false);
}
