import type { Environment } from '../../config/config.ts';
import { refusedWithoutRequest, type WebhookResult } from '../../events/webhooks/act.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import { failureText } from '../action-error.ts';
import { type AnswerTools, answerInPrivatePlace, respondPrivately } from '../answer.ts';
import { mrkdwnMessage, quotedMessage } from '../blocks/text.ts';
import { readWebhookButton } from '../blocks/webhooks.ts';
import { ALREADY_USED_TEXT } from '../claims.ts';
import { currentWebhooks, registrationPlanId } from '../commands/webhooks.ts';
import { environmentOf, type SlackTools, withErrorReply } from '../slack-tools.ts';
import { type ClickArgs, missingEnvironmentText } from './click.ts';

/** Creates the webhook that the confirmation named, and updates the list in the same message. */
export const registerWebhook = (tools: SlackTools) =>
  acting(tools, 'Register', 'Registering a webhook in', ({ environment, actor }) =>
    tools.registrations.register(
      environment,
      { title: null, activities: null, headers: [], again: false },
      actor,
    ),
  );

export const deleteWebhook = (tools: SlackTools) =>
  acting(tools, 'Delete', 'Deleting a webhook of', ({ environment, webhookId, actor }) =>
    tools.registrations.delete(environment, webhookId ?? Number.NaN, actor),
  );

interface Click {
  environment: Environment;
  webhookId: number | null;
  actor: string;
}

const acting =
  (tools: SlackTools, what: string, doing: string, perform: (click: Click) => Promise<WebhookResult>) =>
  async ({ action, body, respond }: ClickArgs): Promise<void> => {
    await withErrorReply(tools, what, respond, async () => {
      const answering = { ...tools, respond };
      const value = action.value ?? '';
      const { environment: name, webhookId, plan } = readWebhookButton(value);
      const environment = environmentOf(tools, name);
      if (!environment)
        return respondPrivately(answering, quotedMessage(missingEnvironmentText(name)), false);
      const label = environmentLabel(environment);
      const decision = await tools.access.decide(body.user.id, tools.config.access.operate);
      if (!decision.allowed)
        return respondPrivately(
          answering,
          mrkdwnMessage(`You may not ${what.toLowerCase()} webhooks of ${label}. ${decision.why}`),
          false,
        );
      if (webhookId === null && plan !== registrationPlanId(environment))
        return respondPrivately(
          answering,
          await currentWebhooks(tools, environment, changedSince(label)),
          true,
        );
      // After the decision: a person who gets the permission later can use the same button.
      if (!tools.claims.claim(value))
        return respondPrivately(answering, mrkdwnMessage(ALREADY_USED_TEXT), false);
      const click = { environment, webhookId, actor: `slack:${body.user.id}` };
      await showInPlace(tools, answering, { label, doing, click, perform });
    });
  };

const changedSince = (label: string): WebhookResult =>
  refusedWithoutRequest(
    `The config of ${label} has changed since this was shown, so nothing was sent.`,
    'Look at what would be registered now',
  );

interface Act {
  label: string;
  doing: string;
  click: Click;
  perform: (click: Click) => Promise<WebhookResult>;
}

/** Hides the buttons while it runs, then shows the result with the buttons. */
async function showInPlace(
  tools: SlackTools,
  answering: AnswerTools,
  { label, doing, click, perform }: Act,
): Promise<void> {
  const answer = await answerInPrivatePlace(answering, mrkdwnMessage(`${doing} ${label}…`));
  const stopped = `Envcheck was stopped before SpotDraft answered. \`/envcheck webhooks ${click.environment.name}\` shows what is known.`;
  const complete = tools.openAnswers.add(() => answer.finish(mrkdwnMessage(stopped)));
  try {
    const result = await perform(click);
    await answer.finish(await currentWebhooks(tools, click.environment, result));
  } catch (error) {
    await answer.finish(
      mrkdwnMessage(
        failureText(tools.logger, error, `${doing} ${label}`, { environment: click.environment.name }),
      ),
    );
  } finally {
    complete();
  }
}
