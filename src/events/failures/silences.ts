import type { Database } from '../../store/database.ts';
import { type Arrival, arrivalBefore, arrivalFrom, logStartedAt } from '../../store/failures.ts';

/** A time longer than `maxSilence` in which an expected activity did not arrive. */
export interface Silence {
  /** When it was longer than it may be, epoch ms. */
  first: number;
  /** Until when: the next arrival, or now. */
  last: number;
  isOver: boolean;
  /** The event before it; null: none is kept. */
  sample: string | null;
}

/** How many times `maxSilence` is looked back: each takes two looks into an index. */
const MAX_LOOKS = 1_000;

/** Silences before this (epoch ms) are not looked for. */
export const silenceHorizon = (maxSilenceMs: number, { now, keepMs }: { now: number; keepMs: number }) =>
  now - Math.min(keepMs, MAX_LOOKS * maxSilenceMs);

/**
 * The silences of an activity, the oldest first. Null: it has not arrived, and there has not been a log for as long as it
 * may be silent. From one arrival to the oldest within `maxSilence` before it: what lies between need not be read.
 */
export async function findSilences(
  db: Database,
  { environment, activity }: { environment: string; activity: string },
  maxSilenceMs: number,
  { now, keepMs }: { now: number; keepMs: number },
): Promise<Silence[] | null> {
  const horizon = silenceHorizon(maxSilenceMs, { now, keepMs });
  const newest = await arrivalBefore(db, environment, activity, now + 1);
  if (newest === null) {
    const late = (await logStartedAt(db)) + maxSilenceMs;
    if (now <= late) return null;
    return [{ first: Math.max(late, now - keepMs), last: now, isOver: false, sample: null }];
  }
  const silences: Silence[] = [];
  const note = (before: Arrival, last: number, isOver: boolean) => {
    if (last - before.at > maxSilenceMs)
      silences.unshift({ first: before.at + maxSilenceMs, last, isOver, sample: before.id });
  };
  note(newest, now, false);
  for (let at = newest.at; at > horizon; ) {
    const oldest = await arrivalFrom(db, environment, activity, at - maxSilenceMs);
    if (oldest !== null && oldest.at < at) at = oldest.at;
    else {
      const before = await arrivalBefore(db, environment, activity, at);
      if (before === null) break;
      note(before, at, true);
      at = before.at;
    }
  }
  return silences;
}
