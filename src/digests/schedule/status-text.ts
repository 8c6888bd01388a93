import type { OutboxState } from '../../store/outbox-state.ts';
import { durationText } from '../../time/duration-text.ts';
import type { ReportStatus } from './overview.ts';
import type { BotHealth } from './self.ts';

/** "Wed 25 Nov 2026, 09:00 (America/New_York)". */
export function dateTimeText(at: number, timezone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(at);
  const of = (type: string) => parts.find((part) => part.type === type)?.value ?? '';
  return `${of('weekday')} ${of('day')} ${of('month')} ${of('year')}, ${of('hour')}:${of('minute')} (${timezone})`;
}

const endings = {
  posted: 'posted',
  waiting: 'made, and waits to be posted',
  'given up': 'made, but Slack did not take all of it',
  quiet: 'nothing had changed, so nothing was posted',
  failed: 'could not be made',
} as const;

/** When it last ran and what came of it: "last Wed 25 Nov 2026, 09:00 (UTC): posted". */
export function lastRunText({ last, open }: ReportStatus, timezone: string): string {
  const now = open ? '; one is being made, or waits to be tried again' : '';
  if (last === null) return `never ran yet${now}`;
  const { state, firedFor, late, error } = last;
  const why = state === 'failed' && error ? ` (${error})` : '';
  return `last ${dateTimeText(firedFor, timezone)}: ${endings[state]}${late ? ', late' : ''}${why}${now}`;
}

export const nextRunText = ({ next }: Pick<ReportStatus, 'next'>, timezone: string): string =>
  next === null ? 'never comes' : `next ${dateTimeText(next, timezone)}`;

/** One line, then one for each channel that is held up and each message that was given up. */
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
