import type { Environment } from '../../config/config.ts';
import { arrivalText } from '../../events/webhooks/arrival-text.ts';
import type { RetriggerResult } from '../../events/webhooks/retrigger.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import { failureText } from '../action-error.ts';
import { type AnswerTools, answerInPrivatePlace, respondPrivately } from '../answer.ts';
import { type RetriggerValue, readRetriggerValue } from '../blocks/retrigger-button.ts';
import { mrkdwnMessage, quotedMessage } from '../blocks/text.ts';
import type { TimelineView } from '../blocks/timeline.ts';
import { ALREADY_USED_TEXT } from '../claims.ts';
import { currentFindMessage } from '../commands/find.ts';
import { environmentOf, type SlackTools, withErrorReply } from '../slack-tools.ts';
import { type ClickArgs, missingEnvironmentText } from './click.ts';

/** Number of edits while waiting. A response URL can be used five times: sending, sent, these edits, and the result. */
const WAITING_EDITS = 2;

/** Makes SpotDraft send the latest webhook again, and shows the delivery in the same message. */
export const retriggerWebhook =
  (tools: SlackTools) =>
  async ({ action, body, respond }: ClickArgs): Promise<void> => {
    await withErrorReply(tools, 'Re-trigger', respond, async () => {
      const answering = { ...tools, respond };
      const value = readRetriggerValue(action.value);
      const environment = environmentOf(tools, value.environment);
      if (!environment)
        return respondPrivately(answering, quotedMessage(missingEnvironmentText(value.environment)), false);
      const label = environmentLabel(environment);
      const decision = await tools.access.decide(body.user.id, tools.config.access.operate);
      if (!decision.allowed)
        return respondPrivately(
          answering,
          mrkdwnMessage(`You may not re-trigger webhooks of ${label}. ${decision.why}`),
          false,
        );
      // After the decision: a person who gets the permission later can use the same button.
      if (!tools.claims.claim(value.showing))
        return respondPrivately(answering, mrkdwnMessage(ALREADY_USED_TEXT), false);
      await showInPlace(tools, answering, { environment, value, actor: `slack:${body.user.id}` });
    });
  };

interface Act {
  environment: Environment;
  value: RetriggerValue;
  actor: string;
}

async function showInPlace(tools: SlackTools, answering: AnswerTools, act: Act): Promise<void> {
  const { environment, value } = act;
  const { contractId } = value;
  const what = `the latest webhook of contract ${contractId} in ${environmentLabel(environment)}`;
  const answer = await answerInPrivatePlace(
    answering,
    mrkdwnMessage(`Asking SpotDraft to send ${what} again…`),
  );
  const stopping = new AbortController();
  const stopped = `Envcheck was stopped before it was clear what came of ${what}. \`/envcheck find ${contractId} ${environment.name}\` shows it.`;
  const complete = tools.openAnswers.add(() => {
    stopping.abort();
    return answer.finish(mrkdwnMessage(stopped));
  });
  try {
    const { showing, newest } = value;
    const request = { contractId, shown: { showing, newest } };
    const result = await tools.registrations.retrigger(environment, request, act.actor);
    const said = result.sent ? await arrivalOf(tools, answering, act, result, stopping.signal) : result;
    await answer.finish(await currentFindMessage(tools, value.find, said));
  } catch (error) {
    await answer.finish(
      mrkdwnMessage(
        failureText(tools.logger, error, `Sending ${what} again`, {
          environment: environment.name,
          contractId,
        }),
      ),
    );
  } finally {
    complete();
  }
}

/** Returns SpotDraft's answer and the delivery that arrived. A delivery also settles a lost answer. */
async function arrivalOf(
  tools: SlackTools,
  answering: AnswerTools,
  { environment, value }: Act,
  result: RetriggerResult,
  signal: AbortSignal,
): Promise<TimelineView['result']> {
  const forMs = tools.arrivalWaitMs;
  let edits = 0;
  // An edit in progress would overwrite the answer.
  let underWay: Promise<unknown> = Promise.resolve();
  const waiting = (waitedMs: number) => {
    if (signal.aborted || edits > WAITING_EDITS - 1 || waitedMs < (edits * forMs) / WAITING_EDITS) return;
    edits += 1;
    const words = `${result.summary} Waiting for the delivery: ${Math.round(waitedMs / 1000)} of ${Math.round(forMs / 1000)} s`;
    underWay = respondPrivately(answering, quotedMessage(words), true).catch((error) =>
      tools.logger.debug({ err: error }, 'progress not shown'),
    );
  };
  const { contractId } = value;
  const arrival = await tools.registrations.arrival(environment, result, {
    contractId,
    forMs,
    onWait: waiting,
    signal,
  });
  await underWay;
  const { summary, remedy } = arrivalText(arrival, environment);
  const arrived = arrival.kind === 'arrived';
  return {
    kind: arrived ? 'done' : 'lost',
    summary: `${result.summary} ${summary}`,
    remedy: arrived ? null : (result.remedy ?? remedy),
    callId: result.callId,
  };
}
