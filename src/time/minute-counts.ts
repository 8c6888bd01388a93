import type { Clock } from './clock.ts';
import { MINUTE_MS } from './units.ts';

export interface MinuteCount {
  /** How many there were in this minute, this one included. */
  count: number;
  /** How many came after the first one of the minute in which the kind was last counted. */
  notLogged: number;
}

/** Keys of one minute. Further ones share a count. */
const MAX_KEYS = 200;

/** Counts kinds by the minute, so that a flood of one kind is logged once a minute. */
export function createMinuteCounts({ now }: Pick<Clock, 'now'>): (kind: string) => MinuteCount {
  let minute = 0;
  let counts = new Map<string, number>();
  let before = counts;
  return (kind) => {
    const current = Math.floor(now() / MINUTE_MS);
    if (current !== minute) [minute, before, counts] = [current, counts, new Map()];
    const key = counts.has(kind) || counts.size < MAX_KEYS ? kind : '';
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return { count, notLogged: Math.max(0, (before.get(key) ?? 0) - 1) };
  };
}
