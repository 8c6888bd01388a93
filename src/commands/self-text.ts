import type { OutboxState } from '../store/outbox-state.ts';
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
