import { environmentLabel } from '../../readiness/environment-label.ts';
import type { Progress } from '../../workspace/progress.ts';
import type { Message } from './message.ts';
import { quoted } from './text.ts';

const BAR_WIDTH = 20;
/** Slack takes 3,000 characters in a section. */
const MAX_QUOTED = 2_900;

/** "Reading prod: 23 of 61" with the seconds so far. */
export function progressMessage(
  environment: { name: string; production: boolean },
  { done, planned }: Progress,
  elapsedMs: number,
): Message {
  const label = environmentLabel(environment);
  if (planned === 0) return simple(`Checking ${label}…`);
  const filled = Math.round((done / planned) * BAR_WIDTH);
  const bar = `\`${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}\``;
  return simple(`Reading ${label}: ${done} of ${planned} (${Math.round(elapsedMs / 1000)} s)\n${bar}`);
}

export const interruptedMessage = (environment: string): Message =>
  simple(
    `Envcheck was stopped before this was complete. Ask again in a minute: \`/envcheck ${environment}\``,
  );

/** A message of our own wording. */
export function simple(mrkdwn: string): Message {
  return { text: mrkdwn, blocks: [{ type: 'section', text: { type: 'mrkdwn', text: mrkdwn } }] };
}

/** A message that quotes what a person typed. */
export const quoting = (words: string): Message => simple(quoted(words, MAX_QUOTED));
