import type { Comparison } from '../events/failures/comparison.ts';
import { EXECUTED } from '../events/failures/contract-match.ts';
import type { OutboxState } from '../store/outbox-state.ts';
import { pluralize } from '../text/counts.ts';
import { durationText } from '../time/duration-text.ts';
import type { BotHealth } from './self.ts';

/** `headline` says how much waits. `troubles` has a line for each channel that is held up and each message that was given up. */
export function outboxText(outbox: OutboxState, now: number): { headline: string; troubles: string[] } {
  const { waiting, oldestAt, held, stopped, givenUp } = outbox;
  const age = oldestAt === null ? '' : `, the oldest for ${durationText(Math.max(now - oldestAt, 0))}`;
  return {
    headline:
      waiting === 0
        ? 'nothing waits to be posted'
        : `${waiting} ${waiting === 1 ? 'message waits' : 'messages wait'} to be posted${age}`,
    troubles: [
      ...(stopped ? [stopped] : []),
      ...held.map(({ channel, waiting: count, reason }) => `${channel}: ${count} held up. ${reason}`),
      ...givenUp.map(({ channel, reason, id }) => `${channel}: a message was given up (${id}). ${reason}`),
    ],
  };
}

/** "12.3 MB". */
export function sizeText({ databaseBytes }: Pick<BotHealth, 'databaseBytes'>): string {
  if (databaseBytes === null) return 'size unknown: the file cannot be read';
  const units = ['B', 'kB', 'MB', 'GB'] as const;
  const power = Math.min(Math.floor(Math.log10(Math.max(databaseBytes, 1)) / 3), units.length - 1);
  return `${(databaseBytes / 1_000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}

/** "12 min ago, 34 executed contracts changed in SpotDraft, all with CONTRACT_EXECUTED" */
export function comparisonText(
  { isExpected, triedAt, complete, missing, unknown }: Comparison,
  now: number,
): string {
  if (!isExpected) return `never: \`webhooks.activities\` does not name ${EXECUTED}`;
  if (triedAt === null) return 'not yet';
  const ago = (at: number) => `${durationText(Math.max(now - at, 0))} ago`;
  const [first, ...more] = unknown;
  return [
    complete === null
      ? `tried ${ago(triedAt)}, not complete yet`
      : `${ago(complete.at)}, ${pluralize(complete.contracts, 'executed contract')} changed in SpotDraft`,
    ...(missing > 0 ? [`${pluralize(missing, 'contract')} without ${EXECUTED}`] : []),
    ...(first === undefined
      ? []
      : [`not certain: ${first}${more.length > 0 ? `; ${more.length} more reasons` : ''}`]),
    ...(complete !== null && missing === 0 && first === undefined ? ['none is missing'] : []),
  ].join('; ');
}
