import type { ModalView } from '@slack/types';
import { z } from 'zod';
import { reasonTexts } from '../../events/failures/failure-text.ts';
import type { GroupView } from '../../events/failures/read-failures.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import { failureText } from '../action-error.ts';
import { respondPrivately } from '../answer.ts';
import {
  acknowledgementForm,
  openingAcknowledgement,
  outdatedAcknowledgement,
  refusedAcknowledgement,
} from '../blocks/failure-form.ts';
import { mrkdwnMessage, quotedMessage } from '../blocks/text.ts';
import { showFailures } from '../commands/failures.ts';
import { slackErrorCode } from '../slack-errors.ts';
import { environmentOf, type SlackTools, withErrorReply } from '../slack-tools.ts';
import { type ClickArgs, channelOf, missingEnvironmentText, placeOf } from './click.ts';
import { type AcknowledgementForm, writeForm } from './failure-submission.ts';

const query = z.object({ environment: z.string(), all: z.boolean() });
const chosen = query.extend({ group: z.string(), seen: z.array(z.string()).nullable() });
type Chosen = z.infer<typeof chosen>;

/** Posts the current list in the channel. */
export const shareFailures =
  (tools: SlackTools) =>
  async ({ action, body, respond }: ClickArgs): Promise<void> => {
    await withErrorReply(tools, 'Share', respond, async () => {
      const asked = query.parse(JSON.parse(action.value ?? ''));
      const channel = channelOf(body);
      const answering = { ...tools, respond };
      if (environmentOf(tools, asked.environment)) return showFailures(tools, answering, asked, { channel });
      await respondPrivately(answering, quotedMessage(missingEnvironmentText(asked.environment)), false);
    });
  };

/** Opens an empty form at once, then checks the permission and loads the current state into it. */
export const acknowledgeFailure =
  (tools: SlackTools) =>
  async ({ action, body, respond }: ClickArgs): Promise<void> => {
    await withErrorReply(tools, 'Acknowledge', respond, async () => {
      const opened = await tools.progressClient.views
        .open({ trigger_id: body.trigger_id, view: openingAcknowledgement() })
        .catch((error) => {
          tools.logger.warn({ err: error }, 'the form to acknowledge failures did not open');
          return { failed: slackErrorCode(error) };
        });
      if ('failed' in opened) {
        const why = opened.failed ? `Slack says ${opened.failed}` : 'Slack did not answer';
        const words = `The form did not open (${why}). Click once more.`;
        return respondPrivately({ ...tools, respond }, mrkdwnMessage(words), false);
      }
      const show = (view: ModalView) => tools.client.views.update({ view_id: opened.view?.id ?? '', view });
      try {
        await show(await viewFor(tools, body, chosen.parse(JSON.parse(action.value ?? ''))));
      } catch (error) {
        await show(
          refusedAcknowledgement(failureText(tools.logger, error, 'Looking at it', { what: 'Acknowledge' })),
        );
      }
    });
  };

async function viewFor(
  tools: SlackTools,
  body: ClickArgs['body'],
  { environment: name, all, group: id, seen }: Chosen,
): Promise<ModalView> {
  const decision = await tools.access.decide(body.user.id, tools.config.access.operate);
  if (!decision.allowed) return refusedAcknowledgement(`You may not acknowledge failures. ${decision.why}`);
  const environment = environmentOf(tools, name);
  if (!environment) return outdatedAcknowledgement(missingEnvironmentText(name));
  const { groups, unknown } = await tools.failures.read(environment);
  const group = groups.find((each) => each.id === id);
  if (!group) {
    const why = unknown.map(({ what, why: reason }) => ` Unknown: ${what} (${reason}).`).join('');
    return outdatedAcknowledgement(`This group is no longer in the log.${why}`);
  }
  const why = whyOutdated(group, seen);
  if (why !== null) return outdatedAcknowledgement(why);
  const form: AcknowledgementForm = {
    environment: name,
    all,
    group: id,
    seen,
    place: placeOf(body),
    responseUrl: body.response_url,
  };
  return acknowledgementForm(group, environmentLabel(environment), writeForm(form));
}

/** The reason why the message is outdated; null when it is current. */
function whyOutdated(
  { kind, state, reasons, acknowledgement }: GroupView,
  seen: readonly string[] | null,
): string | null {
  if (state === 'resolved')
    return 'Nothing to acknowledge: it is resolved. Ask again to see the current list.';
  if (state === 'acknowledged')
    return `Nothing to acknowledge: somebody did already (${acknowledgement?.reason}). Ask again to see it.`;
  const unseen = seen === null ? [] : reasons.filter((reason) => !seen.includes(reason));
  return unseen.length === 0
    ? null
    : `This is not what the message shows any more: now there is ${reasonTexts(kind, unseen).join(', ')}, too. Ask again, and look at it first.`;
}
