import { setImmediate } from 'node:timers/promises';
import { HOUR_MS } from '../time/units.ts';

/** A period in epoch ms: `from` included, `to` excluded. */
export interface Slice {
  from: number;
  to: number;
}

/**
 * Slices of at most an hour that have rows, newest first, with other work in between: one query about a week of a busy log would
 * keep deliveries waiting.
 * @param newestIn the time of the newest row of a slice; null when it has none
 */
export async function* slicesWithRows(
  { since, until }: { since: number; until: number },
  newestIn: (slice: Slice) => Promise<number | null>,
): AsyncGenerator<Slice> {
  for (let to = until + 1; to > since; ) {
    const newest = await newestIn({ from: since, to });
    if (newest === null) return;
    const slice = { from: Math.max(since, newest + 1 - HOUR_MS), to: newest + 1 };
    yield slice;
    to = slice.from;
    await setImmediate();
  }
}
