import { pluralize } from '../../text/counts.ts';
import type { IgnoreRule } from './waivers.ts';

/** Such as "until 2026-12-31, matches 2 differences". A rule without a match may have a typing error, or is no longer needed. */
export function ruleText({ matches, isOver, until }: IgnoreRule): string {
  if (isOver) return `ended on ${until}`;
  const end = until === null ? 'no end date' : `until ${until}`;
  if (matches === null) return `${end}, nothing compared yet`;
  return matches === 0
    ? `${end}, matches no difference: is it still needed?`
    : `${end}, matches ${pluralize(matches, 'difference')}`;
}
