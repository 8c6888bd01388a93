import { environmentLabel } from '../../text/environment-label.ts';
import type { Message } from '../../text/message.ts';
import type { Progress } from '../../workspace/progress.ts';
import { mrkdwnMessage } from './text.ts';

const BAR_WIDTH = 20;

/** Such as "Reading prod: 23 of 61 (4 s)" with a bar. */
export function progressMessage(
  environment: { name: string; production: boolean },
  { done, planned }: Progress,
  elapsedMs: number,
): Message {
  const label = environmentLabel(environment);
  return planned === 0
    ? mrkdwnMessage(`Checking ${label}…`)
    : readingMessage(label, { done, planned }, elapsedMs);
}

/** `what` is the label of one environment, or the labels of two. */
export function readingMessage(what: string, { done, planned }: Progress, elapsedMs: number): Message {
  if (planned === 0) return mrkdwnMessage(`Comparing ${what}…`);
  const filled = Math.round((done / planned) * BAR_WIDTH);
  const bar = `\`${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}\``;
  return mrkdwnMessage(`Reading ${what}: ${done} of ${planned} (${Math.round(elapsedMs / 1000)} s)\n${bar}`);
}

/** `typed` is what to type after the command to try again. */
export const interruptedMessage = (typed: string): Message =>
  mrkdwnMessage(`Envcheck stopped before this finished. Try again in a minute: \`/envcheck ${typed}\``);
