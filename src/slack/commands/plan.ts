import { environmentLabel } from '../../text/environment-label.ts';
import { openDifferences } from '../../workspace/diff/difference-text.ts';
import { planOf } from '../../workspace/diff/plan.ts';
import { failureText } from '../action-error.ts';
import type { Answer } from '../answer.ts';
import { planMessage } from '../blocks/plan.ts';
import { interruptedMessage, readingMessage } from '../blocks/progress.ts';
import { mrkdwnMessage } from '../blocks/text.ts';
import type { SlackTools } from '../slack-tools.ts';
import { type DiffSides, sidesText } from './diff.ts';

/** `/envcheck plan MODEL TARGET` lists what to create and change. Accepted differences need no work. */
export async function runPlan(
  { drift, clock, logger, openAnswers }: SlackTools,
  { left, right }: DiffSides & { right: NonNullable<DiffSides['right']> },
  answer: Answer,
): Promise<void> {
  const started = clock.now();
  const sides = sidesText({ left, right });
  const complete = openAnswers.add(() =>
    answer.finish(interruptedMessage(`plan ${left.name} ${right.name}`)),
  );
  try {
    const { differences, unknown, entities } = await drift.compare(left, right, (progress) =>
      answer.progress(readingMessage(sides, progress, clock.now() - started)),
    );
    const model = environmentLabel(left);
    const notAccepted = openDifferences(differences);
    await answer.finish(
      planMessage({
        model,
        target: environmentLabel(right),
        steps: planOf({ differences: notAccepted, unknown }, model, entities),
        unknown,
        accepted: differences.length - notAccepted.length,
        complete: `npm run -s envcheck -- plan ${left.name} ${right.name}`,
        compare: `/envcheck diff ${left.name} ${right.name}`,
      }),
    );
  } catch (error) {
    const text = failureText(logger, error, `The plan for ${sides}`, { plan: `${left.name} ${right.name}` });
    await answer.finish(mrkdwnMessage(text));
  } finally {
    complete();
  }
}
