import type { KnownBlock } from '@slack/types';

/** Slack refuses a message of more than 50 blocks (two are left for a note above) or about 13,000 characters (`msg_blocks_too_long`). */
const MESSAGE_BUDGET: Budget = { blocks: 48, characters: 12_000 };

/** Slack allows an App Home 100 blocks and 250 kB of JSON; a character outside ASCII takes up to three bytes. */
export const HOME_BUDGET: Budget = { blocks: 98, characters: 60_000 };

export interface Budget {
  blocks: number;
  characters: number;
}

/**
 * Returns `head`, as many parts of `body` as fit, and `foot`. Parts stay whole and in order; `cut` makes the notice that
 * states how many were left out.
 */
export function fitBlocks(
  head: KnownBlock[],
  body: KnownBlock[][],
  foot: KnownBlock[],
  cut: (leftOut: number) => KnownBlock,
  budget: Budget = MESSAGE_BUDGET,
): KnownBlock[] {
  const notice = [cut(body.length)];
  let blocks = head.length + foot.length + notice.length;
  let characters = countCharacters([...head, ...foot, ...notice]);
  const kept: KnownBlock[][] = [];
  for (const part of body) {
    blocks += part.length;
    characters += countCharacters(part);
    if (blocks > budget.blocks || characters > budget.characters) break;
    kept.push(part);
  }
  const leftOut = body.length - kept.length;
  return [...head, ...kept.flat(), ...(leftOut > 0 ? [cut(leftOut)] : []), ...foot];
}

/** True when a message may have these blocks. */
export const fitsMessage = (blocks: KnownBlock[]): boolean =>
  blocks.length <= MESSAGE_BUDGET.blocks && countCharacters(blocks) <= MESSAGE_BUDGET.characters;

/** Characters of every string in these blocks. Type names and ids count too, so the result is slightly too high, never too low. */
function countCharacters(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce((sum: number, part) => sum + countCharacters(part), 0);
}
