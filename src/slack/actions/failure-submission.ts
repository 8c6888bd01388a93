import { z } from 'zod';
import { groupText } from '../../events/failures/failure-text.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import { failureText } from '../action-error.ts';
import { answerInPlace, respondPrivately, respondThrough } from '../answer.ts';
import { REASON_INPUT, refusedAcknowledgement } from '../blocks/failure-form.ts';
import { clip } from '../blocks/text.ts';
import { currentFailures } from '../commands/failures.ts';
import { environmentOf, type SlackTools } from '../slack-tools.ts';
import { showOrNotify } from './show-or-notify.ts';
import { decideInTime, type SubmitArgs } from './submission.ts';

const form = z.object({
  environment: z.string(),
  all: z.boolean(),
  group: z.string(),
  /** Reasons that the message showed; null when they were too many to carry. */
  seen: z.array(z.string()).nullable(),
  /** The message; null when it is private. */
  place: z.object({ channel: z.string(), ts: z.string() }).nullable(),
  responseUrl: z.string(),
});
export type AcknowledgementForm = z.infer<typeof form>;

/** The value of a button and a URL always fit into the 3,000 characters of a view's metadata. */
export const writeForm = (written: AcknowledgementForm): string => JSON.stringify(written);

/** Acknowledges what the form shows, unless it has changed, and then updates the message. */
export const submitAcknowledgement =
  (tools: SlackTools) =>
  async ({ ack, body, view }: SubmitArgs): Promise<void> => {
    const refuse = (why: string) =>
      ack({ response_action: 'errors', errors: { [REASON_INPUT]: clip(why, 400) } });
    const complete = tools.openAnswers.add(async () => {});
    try {
      const asked = form.parse(JSON.parse(view.private_metadata));
      const decision = await decideInTime(tools, body.user.id, 'operate');
      if (decision === null)
        return await refuse('I couldn’t check your permission in time. Try again in a moment.');
      // An error below a field would not show mentions.
      if (!decision.allowed)
        return await ack({
          response_action: 'update',
          view: refusedAcknowledgement(`You may not acknowledge failures. ${decision.why}`),
        });
      const environment = environmentOf(tools, asked.environment);
      if (!environment) return await refuse(`There is no environment “${asked.environment}” any more.`);
      const reason = view.state.values[REASON_INPUT]?.[REASON_INPUT]?.value ?? '';
      const { group, seen } = asked;
      const result = await tools.failures.acknowledge(
        environment,
        { group, reason, seen },
        `slack:${body.user.id}`,
      );
      if (result.kind === 'refused') return await refuse(result.summary);
      await ack();
      const what = `${groupText(result.group)} of ${environmentLabel(environment)}`;
      await showOrNotify(
        tools,
        body.user.id,
        () => showAcknowledged(tools, asked),
        `Acknowledged: ${what}. The message in which you clicked can no longer be changed; \`/envcheck failures ${environment.name}\` shows it as it is now.`,
      );
    } catch (error) {
      // After an earlier acknowledgement this has no effect.
      await refuse(failureText(tools.logger, error, 'Acknowledging it', { what: 'Acknowledge' })).catch(
        () => {},
      );
    } finally {
      complete();
    }
  };

/** Replaces the list whose button was clicked with the current one. */
async function showAcknowledged(
  tools: SlackTools,
  { place, responseUrl, ...asked }: AcknowledgementForm,
): Promise<void> {
  const message = await currentFailures(tools, asked, place === null);
  const answering = { ...tools, respond: respondThrough(responseUrl) };
  if (place) return answerInPlace(answering, place).finish(message);
  await respondPrivately(answering, message, true);
}
