import type { KnownBlock } from '@slack/types';
import type { Line } from './digest-text.ts';
import { bold, bullets, paragraph, plain, richText } from './text.ts';

/** Of more than these, the ones without trouble share a line. */
export const MANY_ENVIRONMENTS = 6;

/** Lines of each list in the message of the day; the thread has those that are cut. */
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

/** A heading, the first lines of a list, and how many more there are. No lines: no block. */
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
