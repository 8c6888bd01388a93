import { MAX_CLOCK_LEAD_MS } from './age.ts';
import type { Clock } from './clock.ts';
import { durationText } from './duration-text.ts';

/** The clocks of other servers, from the `Date` header of their answers, carried on by the monotonic clock. */
export interface FarClocks {
  /** Notes the header of an answer that was just received. `source`: its name for people, as “SpotDraft”. */
  note(source: string, date: string | null): void;
  /** One sentence for each server whose clock disagrees with ours by more than a minute now. */
  problems(): string[];
  /** The earliest of their times, epoch ms; null before the first answer. */
  now(): number | null;
}

/** `elapsed`: ms on a clock that nobody sets. */
export function createFarClocks(clock: Clock, elapsed: () => number = () => performance.now()): FarClocks {
  const noted = new Map<string, number>();
  const times = () => [...noted].map(([source, start]) => ({ source, at: start + elapsed() }));
  return {
    note(source, header) {
      const date = Date.parse(header ?? '');
      if (!Number.isNaN(date)) noted.set(source, date - elapsed());
    },
    problems() {
      const leads = times().map(({ source, at }) => ({
        source,
        lead: Math.round((clock.now() - at) / 1_000) * 1_000,
      }));
      const agree = leads.filter(({ lead }) => Math.abs(lead) <= MAX_CLOCK_LEAD_MS);
      const next =
        agree.length > 0
          ? `It agrees with ${agree[0]?.source}'s: check which of them is right`
          : 'Set it right (timedatectl, chrony or the host of the container): reports, retention and digests go by it';
      return leads
        .filter((each) => !agree.includes(each))
        .map(({ source, lead }) => {
          const direction = lead > 0 ? 'ahead of' : 'behind';
          return `The clock of this machine is ${durationText(Math.abs(lead))} ${direction} ${source}'s. ${next}`;
        });
    },
    now: () => (noted.size === 0 ? null : Math.min(...times().map(({ at }) => at))),
  };
}
