import { dateTimeText } from '../../time/date-time-text.ts';
import type { ReportStatus } from './overview.ts';

const endings = {
  posted: 'posted',
  waiting: 'made, waiting to be posted',
  'given up': 'made, but Slack refused part of it',
  quiet: 'nothing had changed, so nothing was posted',
  failed: 'failed',
} as const;

/** Time and outcome of the last run: "last Wed 25 Nov 2026, 09:00 (UTC): posted". */
export function lastRunText({ last, open }: ReportStatus, timezone: string): string {
  const now = open ? '; a run is in progress or waits for a retry' : '';
  if (last === null) return `has not run yet${now}`;
  const { state, firedFor, late, error } = last;
  const why = state === 'failed' && error ? ` (${error})` : '';
  return `last ${dateTimeText(firedFor, timezone)}: ${endings[state]}${late ? ', late' : ''}${why}${now}`;
}

export const nextRunText = ({ next }: Pick<ReportStatus, 'next'>, timezone: string): string =>
  next === null ? 'no next run' : `next ${dateTimeText(next, timezone)}`;
