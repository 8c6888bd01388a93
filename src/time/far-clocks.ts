import { MAX_CLOCK_LEAD_MS } from './age.ts';
import type { Clock } from './clock.ts';
import { durationText } from './duration-text.ts';

/** The clocks of other servers, from the `Date` header of their answers. */
export interface FarClocks {
  /** Notes the header of an answer that was just received. `source`: its name for people, as “SpotDraft”. */
  note(source: string, date: string | null): void;
  /** One sentence for each server whose newest answer disagreed with our clock by more than a minute. */
  problems(): string[];
  /** The time by the newest answer, carried on by the monotonic clock, epoch ms; null before the first answer. */
  now(): number | null;
}

export function createFarClocks(clock: Clock): FarClocks {
  const noted = new Map<string, { date: number; at: number; elapsed: number }>();
  return {
    note(source, header) {
      const date = Date.parse(header ?? '');
      if (!Number.isNaN(date)) noted.set(source, { date, at: clock.now(), elapsed: performance.now() });
    },
    problems: () =>
      [...noted].flatMap(([source, { date, at }]) => {
        const lead = at - date;
        if (Math.abs(lead) <= MAX_CLOCK_LEAD_MS) return [];
        const direction = lead > 0 ? 'ahead of' : 'behind';
        return [
          `The clock of this machine is ${durationText(Math.abs(lead))} ${direction} ${source}'s. Set it right (timedatectl, chrony or the host of the container): reports, retention and digests go by it`,
        ];
      }),
    now() {
      const newest = [...noted.values()].toSorted((left, right) => right.elapsed - left.elapsed)[0];
      return newest === undefined ? null : newest.date + performance.now() - newest.elapsed;
    },
  };
}
