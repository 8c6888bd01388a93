import type { KnownBlock } from '@slack/types';

/** Slack refuses a message with more blocks than 50 (two are left for a note above), and one of about 13,000 characters with `msg_blocks_too_long`. */
const MESSAGE_BUDGET: Budget = { blocks: 48, characters: 12_000 };

/** An App Home may have 100 blocks and 250 kB as JSON; of a character outside ASCII up to three bytes are sent. */
export const HOME_BUDGET: Budget = { blocks: 98, characters: 60_000 };

export interface Budget {
  blocks: number;
  characters: number;
}

/**
 * As many of `body` as fit between `head` and `foot`. What did not fit is told by `cut`, which gets the number of parts
 * left out; parts are kept whole and in their order.
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

/** All text in these blocks. Names of types and ids count too: a little too much is on the safe side. */
function countCharacters(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce((sum: number, part) => sum + countCharacters(part), 0);
}
