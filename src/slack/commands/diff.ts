import type { Environment } from '../../config/config.ts';
import type { StoredSide, TrackedComparison } from '../../inspect/compare-environments.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import { randomId } from '../../text/ids.ts';
import type { Message } from '../../text/message.ts';
import { OVER_TIME } from '../../workspace/diff/difference-text.ts';
import { failureText } from '../action-error.ts';
import type { Answer } from '../answer.ts';
import { type DiffView, diffMessage } from '../blocks/diff.ts';
import {
  compareAgainValue,
  type DiffRequest,
  type StoredDiff,
  storedDiffValue,
} from '../blocks/diff-values.ts';
import { interruptedMessage, readingMessage } from '../blocks/progress.ts';
import { mrkdwnMessage, quotedMessage } from '../blocks/text.ts';
import { environmentOf, type SlackTools } from '../slack-tools.ts';

export interface DiffSides {
  left: Environment;
  /** Null when the left one is compared with its earlier state. */
  right: Environment | null;
}

/** Null when the config no longer has one of them. */
export function sidesOf(tools: SlackTools, { left, right }: DiffRequest): DiffSides | null {
  const one = environmentOf(tools, left);
  const other = right === null ? null : environmentOf(tools, right);
  return one && (right === null || other) ? { left: one, right: other } : null;
}

export const sidesText = ({ left, right }: DiffSides): string =>
  right ? `${environmentLabel(left)} and ${environmentLabel(right)}` : environmentLabel(left);

export const comparingMessage = (sides: DiffSides): Message =>
  readingMessage(sidesText(sides), { done: 0, planned: 0 }, 0);

const typedAs = ({ left, right, since }: DiffRequest): string =>
  right === null ? `diff ${left} --since ${since}` : `diff ${left} ${right}`;

/** Reads both sides, or joins a running read, and shows progress and then the comparison in the answer. */
export async function runDiff(
  { drift, clock, logger, openAnswers }: SlackTools,
  request: DiffRequest,
  sides: DiffSides,
  answer: Answer,
  isPrivate: boolean,
): Promise<void> {
  const started = clock.now();
  const complete = openAnswers.add(() => answer.finish(interruptedMessage(typedAs(request))));
  const onProgress = (progress: { done: number; planned: number }) =>
    answer.progress(readingMessage(sidesText(sides), progress, clock.now() - started));
  try {
    const { left, right } = sides;
    if (right) {
      const comparison = await drift.compare(left, right, onProgress);
      return await answer.finish(
        diffMessage(viewOf(request, sides, comparison, { detail: 'short', isPrivate })),
      );
    }
    const found = await drift.find(left, request.since ?? '');
    if (found.kind !== 'found')
      return await answer.finish(quotedMessage(missingSnapshotText(environmentLabel(left), request, found)));
    const comparison = await drift.compareSince(found.snapshot, left, onProgress);
    await answer.finish(
      diffMessage(viewOf(request, sides, comparison, { detail: 'short', isPrivate, before: found.snapshot })),
    );
  } catch (error) {
    await answer.finish(
      mrkdwnMessage(
        failureText(logger, error, `The comparison of ${sidesText(sides)}`, { diff: typedAs(request) }),
      ),
    );
  } finally {
    complete();
  }
}

function missingSnapshotText(
  label: string,
  { left, since }: DiffRequest,
  found: { kind: 'unclear'; reason: string } | { kind: 'none'; oldestAt: number | null },
): string {
  if (found.kind === 'unclear') return `--since “${since}” of ${label}: ${found.reason}.`;
  if (found.oldestAt === null)
    return `There is no snapshot of ${label} yet, so there is nothing to compare with. A check or a comparison takes one: \`/envcheck ${left}\``;
  const oldest = new Date(found.oldestAt).toISOString();
  return `No snapshot of ${label} is that old. The oldest is from ${oldest}: \`/envcheck diff ${left} --since ${oldest}\``;
}

/** The comparison of a message again, from stored snapshots, with the current waivers. */
export async function keptDiffView(
  { drift }: SlackTools,
  { request, left, right }: StoredDiff,
  sides: DiffSides,
  how: Pick<DiffView, 'detail' | 'isPrivate'>,
): Promise<DiffView> {
  const before: StoredSide = { environment: sides.left, ...left };
  const comparison = await drift.compareStored(before, { environment: sides.right ?? sides.left, ...right });
  return viewOf(request, sides, comparison, { ...how, before: left });
}

type How = Pick<DiffView, 'detail' | 'isPrivate'> & { before?: { takenAt: number } };

function viewOf(
  request: DiffRequest,
  { left, right }: DiffSides,
  comparison: TrackedComparison,
  { before, ...how }: How,
): DiffView {
  const ours = environmentLabel(left);
  const { snapshots } = comparison;
  const kept =
    snapshots.left && snapshots.right
      ? storedDiffValue({ request, left: snapshots.left, right: snapshots.right })
      : null;
  const common = {
    comparison,
    complete: `npm run -s envcheck -- ${typedAs(request)}`,
    value: { again: compareAgainValue(request, randomId('showing')), same: kept },
    acceptable: right !== null,
    ...how,
  };
  if (!right) {
    const then = before ? new Date(before.takenAt).toISOString() : (request.since ?? '');
    return {
      ...common,
      title: `${ours} since ${then}`,
      sideText: OVER_TIME,
      snapshots: [
        { label: `${ours} then`, snapshot: snapshots.left },
        { label: `${ours} now`, snapshot: snapshots.right },
      ],
      next: { command: `/envcheck history ${left.name}`, does: 'shows when each of these appeared' },
      nextIfUnknown: nextIfUnknown(left),
    };
  }
  const theirs = environmentLabel(right);
  return {
    ...common,
    title: `${ours} → ${theirs}`,
    sideText: { missing: `only in ${ours}`, extra: `only in ${theirs}` },
    snapshots: [
      { label: ours, snapshot: snapshots.left },
      { label: theirs, snapshot: snapshots.right },
    ],
    next: {
      command: `/envcheck plan ${left.name} ${right.name}`,
      does: `lists what to create or change in ${theirs}`,
    },
    nextIfUnknown: nextIfUnknown(snapshots.left ? right : left),
  };
}

/** A report judges the same reads and gives each one a remedy. */
const nextIfUnknown = (environment: Environment): string =>
  `/envcheck ${environment.name} shows why ${environmentLabel(environment)} could not be read`;
