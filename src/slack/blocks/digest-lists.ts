import type { KnownBlock } from '@slack/types';
import type { Line } from './digest-text.ts';
import { bold, bullets, paragraph, plain, richText } from './text.ts';

/** Above this number of environments, those without trouble share a line. */
export const MANY_ENVIRONMENTS = 6;

/** Maximum number of lines of each list in the message of the day. The thread has the complete list. */
export const listLimits = {
  notRead: 8,
  problems: 6,
  moved: 8,
  open: 5,
  resolved: 4,
  expiring: 4,
  changes: 5,
  silent: 6,
} as const;

/** A heading, the first lines of a list, and the number of further lines. An empty list has no block. */
export function listPart(title: string, lines: Line[], limit: number, rest: string): KnownBlock[] {
  if (lines.length === 0) return [];
  const more = lines.length - limit;
  return [
    richText(
      paragraph(bold(title)),
      bullets([...lines.slice(0, limit), ...(more > 0 ? [[plain(`…and ${more} more${rest}`)]] : [])]),
    ),
  ];
}

export const IN_THREAD = ' in the thread';
