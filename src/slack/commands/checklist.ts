import type { Environment } from '../../config/config.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import { failureText } from '../action-error.ts';
import type { Answer } from '../answer.ts';
import { checklistMessage } from '../blocks/checklist.ts';
import { interruptedMessage, progressMessage } from '../blocks/progress.ts';
import { mrkdwnMessage } from '../blocks/text.ts';
import type { SlackTools } from '../slack-tools.ts';

/** Checks the environment, or uses a recent report, and shows its checklist with the current sign-offs. */
export async function runChecklist(
  { checker, clock, logger, openAnswers, signOffs }: SlackTools,
  environment: Environment,
  answer: Answer,
  { fresh }: { fresh: boolean },
): Promise<void> {
  const started = clock.now();
  const complete = openAnswers.add(() => answer.finish(interruptedMessage(`checklist ${environment.name}`)));
  try {
    const report = await checker.check(environment, {
      fresh,
      onProgress: (progress) =>
        answer.progress(progressMessage(environment, progress, clock.now() - started)),
    });
    await answer.finish(checklistMessage(await signOffs.refresh(environment, report)));
  } catch (error) {
    await answer.finish(
      mrkdwnMessage(
        failureText(logger, error, `The checklist of ${environmentLabel(environment)}`, {
          environment: environment.name,
        }),
      ),
    );
  } finally {
    complete();
  }
}
