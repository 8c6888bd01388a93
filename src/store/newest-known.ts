import { latestKnown } from '../time/age.ts';

/**
 * The newest row. One that is dated ahead of `now` (epoch ms) counts only when there is no other. `read`: the newest before a
 * time, epoch ms.
 */
export const newestKnown = async <Row>(
  now: number,
  read: (before: number) => Promise<Row | null>,
): Promise<Row | null> => (await read(latestKnown(now) + 1)) ?? (await read(Number.MAX_SAFE_INTEGER));
