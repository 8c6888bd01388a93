import { pluralize } from '../../text/counts.ts';
import { utcText } from '../../time/since.ts';
import type { EventPage, ListQuery } from './list-events.ts';

/** The query of a list without events, and what the log has instead. */
interface EmptyList {
  /** The environment's label, with production marked. */
  label: string;
  query: Pick<ListQuery, 'since' | 'until' | 'activity' | 'failed'>;
  /** The newest event of this activity, or of any, epoch ms; null when the log has none. */
  newest: number | null;
  keepMs: number;
  /** Environments of the log that the config no longer has. */
  former: readonly string[];
}

/** Such as "No CONTRACT_EXECUTED in prod (production) since …. The newest event of it arrived …. The log keeps 90 days." */
export function emptyListText({ label, query, newest: at, keepMs, former }: EmptyList): string {
  const { activity, since, until, failed } = query;
  const what = failed
    ? `Nothing refused and no failed outcome${activity === null ? '' : ` of ${activity}`}`
    : activity === null
      ? 'No events'
      : `No ${activity}`;
  const when = `${since === null ? '' : ` since ${iso(since)}`}${until === null ? '' : ` until ${iso(until)}`}`;
  const last =
    at === null
      ? former.length === 0
        ? 'None was ever received'
        : `None is in the log under this name; it still has rows of ${former.join(' and ')}, which the config no longer has: \`envcheck events ${former[0]}\` on the command line lists them`
      : `The newest event${activity ? ' of it' : ''} arrived ${iso(at)}`;
  return `${what} in ${label}${when}. ${last}. The log keeps ${Math.round(keepMs / 86_400_000)} days.`;
}

/** "20 of 213 failures of CONTRACT_EXECUTED since 2026-11-30 09:00 UTC, newest first". The larger number is exact. */
export function pageText(
  { entries, total }: Pick<EventPage, 'entries' | 'total'>,
  { failed, activity, since, until }: EmptyList['query'],
): string {
  const all = failed ? pluralize(total, 'failure') : pluralize(total, 'event');
  const shown = entries.length < total ? `${entries.length} of ` : '';
  const of = activity === null ? '' : ` of ${activity}`;
  return `${shown}${all}${of}${since === null ? '' : ` since ${utcText(since)}`}${until === null ? '' : ` until ${utcText(until)}`}, newest first`;
}

const iso = (at: number): string => new Date(at).toISOString();
