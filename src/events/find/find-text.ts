import { pluralize } from '../../text/counts.ts';
import type { FindResult, FoundKind } from './result.ts';

const names: Record<FoundKind, [one: string, several: string]> = {
  ids: ['id', 'ids'],
  events: ['event', 'events'],
  deliveries: ['delivery', 'deliveries'],
  refused: ['refused delivery', 'refused deliveries'],
  calls: ['API call', 'API calls'],
  outcomes: ['outcome', 'outcomes'],
  naming: ['event that only names it', 'events that only name it'],
};

/** "2 events, 3 deliveries, 1 refused, 4 API calls, 1 outcome", all of the log: what there is none of is left out, events excepted. */
export const findCounts = ({
  counts: { events, deliveries, refused, calls, outcomes },
}: FindResult): string =>
  [
    pluralize(events, ...names.events),
    ...(deliveries > 0 ? [pluralize(deliveries, ...names.deliveries)] : []),
    ...(refused > 0 ? [`${refused.toLocaleString('en-US')} refused`] : []),
    ...(calls > 0 ? [pluralize(calls, ...names.calls)] : []),
    ...(outcomes > 0 ? [pluralize(outcomes, ...names.outcomes)] : []),
  ].join(', ');

/** How many rows of each kind are not shown, and where they are; null when all are shown. */
export function leftOutText({ leftOut }: FindResult): string | null {
  const kinds = (Object.keys(names) as FoundKind[]).flatMap((kind) => {
    const count = leftOut[kind] ?? 0;
    return count > 0 ? [pluralize(count, ...names[kind])] : [];
  });
  if (kinds.length === 0) return null;
  const next =
    leftOut.ids === undefined ? 'The command “export” has all of them.' : 'Give more characters of the id.';
  return `Not shown: ${kinds.join(', ')}. ${next}`;
}
