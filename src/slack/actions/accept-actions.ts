import type { StaticSelectAction } from '@slack/bolt';
import { MAX_WAIVER_MS } from '../../approvals/waivers/accept.ts';
import { fingerprintOfCheck } from '../../approvals/waivers/fingerprint.ts';
import type { WaiverSubject } from '../../store/waivers.ts';
import { lastDay } from '../../text/acceptance-text.ts';
import { resultLine } from '../../text/act-result.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import { derivedId } from '../../text/ids.ts';
import { DAY_MS } from '../../time/units.ts';
import { failureText } from '../action-error.ts';
import { respondPrivately } from '../answer.ts';
import {
  type AcceptFormView,
  acceptForm,
  openingAcceptForm,
  outdatedAcceptForm,
  refusedAcceptForm,
} from '../blocks/accept-form.ts';
import { readStoredDiffValue } from '../blocks/diff-values.ts';
import { mrkdwnMessage } from '../blocks/text.ts';
import { sidesOf } from '../commands/diff.ts';
import { slackErrorCode } from '../slack-errors.ts';
import { environmentOf, type SlackTools, withErrorReply } from '../slack-tools.ts';
import { type AcceptForm, writeForm } from './accept-submission.ts';
import { type ChoiceArgs, placeOf } from './click.ts';

const SUGGESTED_MS = 30 * DAY_MS;

/** The subject of the form, or the reason in mrkdwn why there is none. */
type Found =
  | {
      subject: WaiverSubject;
      kept: string | null;
      where: string;
      isChanged: (fingerprint: string) => boolean;
    }
  | { why: string };

/** Opens the form for a difference that was chosen in a comparison. The id of the block names the comparison. */
export const acceptDifference = (tools: SlackTools) =>
  opening(tools, 'difference', async (action): Promise<Found> => {
    const kept = readStoredDiffValue(action.block_id);
    const sides = sidesOf(tools, kept.request);
    if (!sides?.right) return { why: 'The config no longer has both of these environments.' };
    const { left, right } = sides;
    const shown = await tools.drift.compareStored(
      { environment: left, ...kept.left },
      { environment: right, ...kept.right },
    );
    const chosen = shown.differences.find(({ id }) => id === action.selected_option.value);
    if (!chosen) return { why: 'This difference is not in that comparison. Compare again and choose again.' };
    return {
      subject: { kind: 'difference', left: left.name, environment: right.name, path: chosen.path },
      kept: action.block_id,
      where: `${environmentLabel(left)} → ${environmentLabel(right)}`,
      isChanged: (fingerprint) => derivedId('dif', chosen.path, fingerprint) !== chosen.id,
    };
  });

/** Opens the form for a failing check that was chosen in a report. The id of the block is the report's. */
export const acceptCheck = (tools: SlackTools) =>
  opening(tools, 'check', async (action): Promise<Found> => {
    const report = await tools.checker.byId(action.block_id);
    const environment = report && environmentOf(tools, report.environment);
    const id = action.selected_option.value;
    const check = report?.items.flatMap(({ checks }) => checks).find((each) => each.id === id);
    if (!environment || !check)
      return { why: 'The report of this choice is no longer stored. Check the environment again.' };
    return {
      subject: { kind: 'check', environment: environment.name, check: id },
      kept: null,
      where: environmentLabel(environment),
      isChanged: (fingerprint) => fingerprintOfCheck(check) !== fingerprint,
    };
  });

/** Opens an empty form at once, then checks the permission and loads the current state into it. */
const opening =
  (tools: SlackTools, kind: AcceptFormView['kind'], find: (action: StaticSelectAction) => Promise<Found>) =>
  async ({ action, body, respond }: ChoiceArgs): Promise<void> => {
    await withErrorReply(tools, 'Accept', respond, async () => {
      const opened = await tools.progressClient.views
        .open({ trigger_id: body.trigger_id, view: openingAcceptForm(kind) })
        .catch((error) => {
          tools.logger.warn({ err: error }, 'the form to accept something did not open');
          return { failed: slackErrorCode(error) };
        });
      if ('failed' in opened) {
        const why = opened.failed ? `Slack says ${opened.failed}` : 'Slack did not answer';
        return respondPrivately(
          { ...tools, respond },
          mrkdwnMessage(`The form did not open (${why}). Choose it once more.`),
          false,
        );
      }
      const show = (view: ReturnType<typeof openingAcceptForm>) =>
        tools.client.views.update({ view_id: opened.view?.id ?? '', view });
      try {
        await show(
          await viewFor(
            tools,
            kind,
            { action, body },
            await decided(tools, kind, body.user.id, () => find(action)),
          ),
        );
      } catch (error) {
        await show(
          refusedAcceptForm(kind, failureText(tools.logger, error, 'Looking at it', { what: 'Accept' })),
        );
      }
    });
  };

async function decided(
  { access, config }: SlackTools,
  kind: AcceptFormView['kind'],
  user: string,
  find: () => Promise<Found>,
): Promise<Found> {
  const decision = await access.decide(user, config.access.waive);
  return decision.allowed
    ? find()
    : { why: `You may not accept a ${kind === 'check' ? 'failing check' : kind}. ${decision.why}` };
}

async function viewFor(
  { waivers, clock }: SlackTools,
  kind: AcceptFormView['kind'],
  { body }: Pick<ChoiceArgs, 'action' | 'body'>,
  found: Found,
) {
  if ('why' in found) return refusedAcceptForm(kind, found.why);
  const { subject, where } = found;
  const now = await waivers.acceptable(subject);
  if ('kind' in now) return outdatedAcceptForm(kind, `Nothing to accept. ${resultLine(now)}`);
  if (found.isChanged(now.fingerprint))
    return outdatedAcceptForm(
      kind,
      `This is not what the message shows any more. It is now: ${now.shown}. Look again first.`,
    );
  const form: AcceptForm = {
    subject,
    seen: now.fingerprint,
    kept: found.kept,
    place: placeOf(body),
    responseUrl: body.response_url,
  };
  const metadata = writeForm(form);
  if (metadata === null)
    return refusedAcceptForm(
      kind,
      'Its name is too long for a form. `npm run -s envcheck -- waivers accept` takes it.',
    );
  const today = clock.now();
  return acceptForm({
    kind,
    where,
    subject: subject.kind === 'check' ? subject.check : subject.path,
    shown: now.shown,
    suggestedDay: lastDay(today + SUGGESTED_MS),
    // The whole day counts.
    lastDay: lastDay(today + MAX_WAIVER_MS - DAY_MS),
    metadata,
  });
}
