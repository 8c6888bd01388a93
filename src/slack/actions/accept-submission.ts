import { z } from 'zod';
import { resultLine } from '../../text/act-result.ts';
import { DAY_MS } from '../../time/units.ts';
import { failureText } from '../action-error.ts';
import { type Answer, answerInPlace, answerInPrivatePlace, respondThrough } from '../answer.ts';
import { acceptInputs, refusedAcceptForm } from '../blocks/accept-form.ts';
import { diffMessage } from '../blocks/diff.ts';
import { readStoredDiffValue } from '../blocks/diff-values.ts';
import { progressMessage } from '../blocks/progress.ts';
import { clip, mrkdwnMessage } from '../blocks/text.ts';
import { subjectText } from '../blocks/waivers.ts';
import { keptDiffView, sidesOf } from '../commands/diff.ts';
import { runReport } from '../run-report.ts';
import { environmentOf, type SlackTools } from '../slack-tools.ts';
import { showOrNotify } from './show-or-notify.ts';
import { decideInTime, type SubmitArgs } from './submission.ts';

/** Slack's limit for the metadata of a view, characters. */
const MAX_METADATA = 3_000;

const form = z.object({
  subject: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('difference'), left: z.string(), environment: z.string(), path: z.string() }),
    z.object({ kind: z.literal('check'), environment: z.string(), check: z.string() }),
  ]),
  /** Fingerprint of the value that the form shows. */
  seen: z.string(),
  /** The comparison in the message; null for a report. */
  kept: z.string().nullable(),
  /** The message; null when it is private. */
  place: z.object({ channel: z.string(), ts: z.string() }).nullable(),
  responseUrl: z.string(),
});
export type AcceptForm = z.infer<typeof form>;

/** Returns null when the form does not fit. */
export function writeForm(written: AcceptForm): string | null {
  const text = JSON.stringify(written);
  return text.length > MAX_METADATA ? null : text;
}

/** Accepts what the form shows, unless it has changed, and then updates the message. */
export const submitAcceptance =
  (tools: SlackTools) =>
  async ({ ack, body, view }: SubmitArgs): Promise<void> => {
    const refuse = (field: keyof typeof acceptInputs, why: string) =>
      ack({ response_action: 'errors', errors: { [acceptInputs[field]]: clip(why, 400) } });
    const complete = tools.openAnswers.add(async () => {});
    try {
      const asked = form.parse(JSON.parse(view.private_metadata));
      const until = Date.parse(
        view.state.values[acceptInputs.until]?.[acceptInputs.until]?.selected_date ?? '',
      );
      if (Number.isNaN(until)) return await refuse('until', 'a day is needed');
      const decision = await decideInTime(tools, body.user.id, 'waive');
      if (decision === null)
        return await refuse('reason', 'I couldn’t check your permission in time. Try again in a moment.');
      if (!decision.allowed) {
        const words = `You may not accept this. ${decision.why}`;
        // An error below a field would not show mentions.
        return await ack({ response_action: 'update', view: refusedAcceptForm(asked.subject.kind, words) });
      }
      const reason = view.state.values[acceptInputs.reason]?.[acceptInputs.reason]?.value ?? '';
      const request = { subject: asked.subject, reason, until: until + DAY_MS, seen: asked.seen };
      const result = await tools.waivers.accept(request, `slack:${body.user.id}`);
      if (result.kind === 'refused')
        return await refuse(result.field === 'until' ? 'until' : 'reason', resultLine(result));
      await ack();
      const what = subjectText(result.waiver.subject, tools.config);
      await showOrNotify(
        tools,
        body.user.id,
        () => showAccepted(tools, asked),
        `Accepted: ${what}. The message in which you chose it can no longer be changed; \`/envcheck waivers\` shows what is accepted.`,
      );
    } catch (error) {
      // After an earlier acknowledgement this has no effect.
      await refuse('reason', failureText(tools.logger, error, 'Accepting it', { what: 'Accept' })).catch(
        () => {},
      );
    } finally {
      complete();
    }
  };

/** Shows a comparison again from the stored snapshots. A report is renewed by a check, since its verdict may change. */
async function showAccepted(
  tools: SlackTools,
  { subject, kept, place, responseUrl }: AcceptForm,
): Promise<void> {
  const answering = { ...tools, respond: respondThrough(responseUrl) };
  const isPrivate = place === null;
  const environment = environmentOf(tools, subject.environment);
  if (subject.kind === 'check' && environment) {
    const initial = progressMessage(environment, { done: 0, planned: 0 }, 0);
    const answer = place ? answerInPlace(answering, place) : await answerInPrivatePlace(answering, initial);
    answer.progress(initial);
    return runReport(tools, environment, answer, { fresh: true, isPrivate });
  }
  const comparison = kept === null ? null : readStoredDiffValue(kept);
  const sides = comparison && sidesOf(tools, comparison.request);
  if (!comparison || !sides) return;
  const message = diffMessage(await keptDiffView(tools, comparison, sides, { detail: 'short', isPrivate }));
  const answer: Answer = place
    ? answerInPlace(answering, place)
    : await answerInPrivatePlace(answering, mrkdwnMessage('Accepted.'));
  await answer.finish(message);
}
