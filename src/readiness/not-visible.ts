import type { Unknown } from '../spotdraft/fact.ts';
import { type Finding, unknownFinding } from './judgement.ts';

/**
 * The unknown finding for one detail of an item that a list shows. When the list can be read and the detail cannot, SpotDraft
 * answers 403 or 404 for what these credentials may not see; neither the host nor the whole workspace is at fault.
 * @param item "template “Order Form” in prod", for sentences
 * @param without what a 404 may mean as well; null when nothing
 */
export function unseenDetail(expected: string, fact: Unknown, item: string, without: string | null): Finding {
  if (fact.code !== 'not_found' && fact.code !== 'forbidden') return unknownFinding(expected, fact);
  const other = fact.code === 'not_found' && without !== null ? `, or ${without}` : '';
  return unknownFinding(
    expected,
    {
      ...fact,
      reason: `${fact.reason}. The ${item} is listed, so this detail is not visible to these credentials${other}`,
    },
    `Open the ${item} in SpotDraft, and give the user behind the credentials (or the configured userEmail) access to it${without === null ? '' : ', or add what is missing'}`,
  );
}
