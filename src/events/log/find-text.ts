import { pluralize } from '../../text/counts.ts';
import type { FindResult } from './find.ts';

/** "2 events, 3 deliveries (1 refused), 4 API calls, 1 outcome": what there is none of is left out, events excepted. */
export function findCounts({ events, calls, outcomes, timeline }: FindResult): string {
  const deliveries = events.reduce((sum, event) => sum + event.deliveries.length, 0);
  const refused = timeline.filter(({ kind }) => kind === 'refused').length;
  return [
    pluralize(events.length, 'event', 'events'),
    ...(deliveries > 0 ? [pluralize(deliveries, 'delivery', 'deliveries')] : []),
    ...(refused > 0 ? [`${refused} refused`] : []),
    ...(calls.length > 0 ? [pluralize(calls.length, 'API call', 'API calls')] : []),
    ...(outcomes.length > 0 ? [pluralize(outcomes.length, 'outcome', 'outcomes')] : []),
  ].join(', ');
}
