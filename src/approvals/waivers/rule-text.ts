import type { IgnoreRule } from './waivers.ts';

/** A rule that fits nothing may be a slip, or has done its work. */
export function ruleText({ matches, isOver, until }: IgnoreRule): string {
  if (isOver) return `over since ${until}`;
  const end = until === null ? 'for good' : `until ${until}`;
  if (matches === null) return `${end}; nothing has been compared yet`;
  return matches === 0 ? `${end}; it fits no difference: is it needed?` : `${end}; it fits ${matches}`;
}
