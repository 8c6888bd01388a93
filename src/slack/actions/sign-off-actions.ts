import type { ModalView } from '@slack/types';
import { z } from 'zod';
import { requestProblem, type SignOffRequest } from '../../approvals/sign-offs/request.ts';
import type { Environment } from '../../config/config.ts';
import type { ActResult } from '../../text/act-result.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import { failureText } from '../action-error.ts';
import { respondPrivately, respondThrough } from '../answer.ts';
import { checklistMessage, readSignOffButton } from '../blocks/checklist.ts';
import { progressMessage } from '../blocks/progress.ts';
import {
  type NoticeLine,
  type SignOffContext,
  signOffForm,
  signOffInputs,
  signOffNotice,
} from '../blocks/sign-off-form.ts';
import { mrkdwnMessage, quotedMessage } from '../blocks/text.ts';
import { runChecklist } from '../commands/checklist.ts';
import { slackErrorCode } from '../slack-errors.ts';
import { environmentOf, type SlackTools, withErrorReply } from '../slack-tools.ts';
import { answerWhereClicked, type ClickArgs, isEphemeral } from './click.ts';
import type { SubmitArgs } from './submission.ts';

const contextSchema = z.object({
  environment: z.string(),
  signOff: z.string(),
  report: z.string(),
  seen: z.string().nullable(),
  // Missing in forms that an earlier version opened.
  seenComplete: z.string().nullable().default(null),
  channel: z.string().nullable(),
  ts: z.string().nullable(),
  responseUrl: z.string().nullable(),
});

/** Reads again and replaces the checklist. */
export const checklistAgain =
  (tools: SlackTools) =>
  async ({ action, body, respond }: ClickArgs): Promise<void> => {
    await withErrorReply(tools, 'Read again', respond, async () => {
      const answering = { ...tools, respond };
      const environment = environmentOf(tools, action.value ?? '');
      if (!environment)
        return respondPrivately(answering, quotedMessage(missingEnvironmentText(action.value ?? '')), false);
      const initial = progressMessage(environment, { done: 0, planned: 0 }, 0);
      const answer = await answerWhereClicked(answering, body, initial);
      await runChecklist(tools, environment, answer, { fresh: true });
    });
  };

/**
 * Opens the form at once, since Slack allows 3 s, and fills it when the permission is known: that is a question to Slack as
 * well.
 */
export const openSignOff =
  (tools: SlackTools) =>
  async ({ action, body, respond }: ClickArgs): Promise<void> => {
    await withErrorReply(tools, 'Sign off', respond, async () => {
      const button = readSignOffButton(action.value ?? '');
      const isPrivate = isEphemeral(body);
      const context: SignOffContext = {
        ...button,
        seen: null,
        seenComplete: null,
        channel: body.channel?.id ?? null,
        ts: isPrivate ? null : (body.message?.ts ?? null),
        responseUrl: body.response_url,
      };
      let viewId: string;
      try {
        const opened = await tools.progressClient.views.open({
          trigger_id: body.trigger_id,
          view: signOffNotice(['One moment…'], context),
        });
        viewId = opened.view?.id ?? '';
      } catch (error) {
        tools.logger.warn({ err: error }, 'failed to open a form');
        const why = slackErrorCode(error) ?? 'it did not answer';
        return respondPrivately(
          { ...tools, respond },
          mrkdwnMessage(`Slack did not open the form (${why}). Nothing was signed; click once more.`),
          false,
        );
      }
      await tools.client.views.update({
        view_id: viewId,
        view: await formFor(tools, context, body.user.id),
      });
    });
  };

async function formFor(tools: SlackTools, context: SignOffContext, user: string): Promise<ModalView> {
  const environment = environmentOf(tools, context.environment);
  if (!environment) return signOffNotice([missingEnvironmentText(context.environment)], context);
  const decision = await tools.access.decide(user, tools.config.access.signOff);
  if (!decision.allowed) return signOffNotice([{ own: refusedText(environment, decision.why) }], context);
  const form = await tools.signOffs.form(environment, context.signOff, context.report, `slack:${user}`);
  if (!form)
    return signOffNotice(
      [
        `${environmentLabel(environment)} has no sign-off ${context.signOff} any more: the config has changed. /envcheck checklist ${environment.name} shows what there is.`,
      ],
      context,
    );
  const { report, complete: seenComplete } = form;
  const seen = report?.snapshot ?? null;
  return signOffForm({ environment, ...form, context: { ...context, seen, seenComplete } });
}

const missingEnvironmentText = (name: string): string =>
  `There is no environment “${name}” any more. /envcheck lists the environments.`;

const refusedText = (environment: Environment, why: string): string =>
  `You may not sign off for ${environmentLabel(environment)}. Nothing was changed. ${why}`;

/** Handles a sent form. Acknowledges it at once and checks the permission again: the form may have been open for an hour. */
export const submitSignOff =
  (tools: SlackTools) =>
  async ({ ack, body, view }: SubmitArgs): Promise<void> => {
    const context = contextSchema.parse(JSON.parse(view.private_metadata));
    const request = requestIn(view.state.values, context);
    const wrong = request ? requestProblem(request) : null;
    if (!request || wrong) {
      const block = signOffInputs[wrong?.field ?? 'act'].block;
      await ack({ response_action: 'errors', errors: { [block]: wrong?.problem ?? 'Choose one of these.' } });
      return;
    }
    const first = tools.claims.claim(`sign-off ${view.id}`);
    await ack({
      response_action: 'update',
      view: signOffNotice(
        [first ? 'Writing it down…' : 'This form was sent already. The checklist shows the result.'],
        context,
      ),
    });
    if (!first) return;
    const complete = tools.openAnswers.add(async () => {});
    try {
      const lines = await decideAndAct(tools, context, request, body.user.id);
      await showResult(tools, view.id, signOffNotice(lines, context));
    } catch (error) {
      await showResult(
        tools,
        view.id,
        signOffNotice(
          [
            {
              own: failureText(tools.logger, error, 'Signing off', {
                what: 'sign-off',
                environment: context.environment,
              }),
            },
          ],
          context,
        ),
      );
    } finally {
      complete();
    }
  };

type Values = SubmitArgs['view']['state']['values'];

function requestIn(values: Values, { signOff, seen, seenComplete }: SignOffContext): SignOffRequest | null {
  const { act, note, link } = signOffInputs;
  const said = values[act.block]?.[act.action]?.selected_option?.value;
  if (said !== 'sign' && said !== 'refuse' && said !== 'withdraw') return null;
  return {
    act: said,
    signOff,
    note: values[note.block]?.[note.action]?.value ?? '',
    link: values[link.block]?.[link.action]?.value ?? '',
    seen,
    seenComplete,
  };
}

async function decideAndAct(
  tools: SlackTools,
  context: SignOffContext,
  request: SignOffRequest,
  user: string,
): Promise<NoticeLine[]> {
  const environment = environmentOf(tools, context.environment);
  if (!environment) return [missingEnvironmentText(context.environment)];
  const decision = await tools.access.decide(user, tools.config.access.signOff);
  if (!decision.allowed) return [{ own: refusedText(environment, decision.why) }];
  const who = { actor: `slack:${user}`, personName: decision.name, person: null };
  const result = await tools.signOffs.act(environment, request, who);
  const isShown = result.kind !== 'done' || (await showChecklist(tools, environment, context));
  return [...resultLines(result), ...(isShown ? [] : [notShown(environment)])];
}

/** Slack accepts changes of a private message for 30 minutes; a form may be older. */
const notShown = ({ name }: Environment): string =>
  `The checklist in which you clicked can no longer be changed. /envcheck checklist ${name} shows it as it is now.`;

const resultLines = ({ kind, summary, remedy, auditId }: ActResult): NoticeLine[] => [
  `${kind === 'done' ? '✅' : '❌'} ${summary}`,
  ...(remedy ? [`Next: ${remedy}`] : []),
  ...(auditId ? [auditId] : []),
];

/** The form may be closed by now. The result is also in the checklist and in the audit. */
async function showResult({ client, logger }: SlackTools, viewId: string, view: ModalView): Promise<void> {
  await client.views
    .update({ view_id: viewId, view })
    .catch((error) => logger.info({ err: error }, 'failed to show the result of a sign-off in its form'));
}

/** Updates the checklist in its message. Returns false when that failed; the signature stays valid. */
async function showChecklist(
  tools: SlackTools,
  environment: Environment,
  { report: id, channel, ts, responseUrl }: SignOffContext,
): Promise<boolean> {
  try {
    const report = await tools.checker.byId(id);
    if (!report) return false;
    const message = checklistMessage(await tools.signOffs.refresh(environment, report));
    if (channel && ts) await tools.client.chat.update({ channel, ts, ...message });
    else if (responseUrl)
      await respondPrivately({ ...tools, respond: respondThrough(responseUrl) }, message, true);
    return true;
  } catch (error) {
    tools.logger.warn({ err: error }, 'failed to update the checklist');
    return false;
  }
}
