import type { FindResult } from '../events/log/find.ts';
import { callRecord, outcomeRecord } from '../events/log/records.ts';
import { eventJson, iso } from './event-json.ts';

/** The contract of `find --json`: these names and no others. Times are ISO 8601 UTC, durations ms. */
export function findJson(result: FindResult): object {
  const { query, found, matches, ambiguous, events, calls, outcomes, timeline, reason } = result;
  return {
    query,
    found,
    reason: ambiguous
      ? `several ids begin like this: ${matches.map(({ value }) => value).join(', ')}`
      : reason,
    events: events.map(eventJson),
    calls: calls.map(callRecord),
    outcomes: outcomes.map(outcomeRecord),
    timeline: timeline.map(({ at, kind, id, summary }) => ({ at: iso(at), kind, id, summary })),
  };
}
