import { dateTimeText } from '../../time/date-time-text.ts';
import type { ReportStatus } from './overview.ts';

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
