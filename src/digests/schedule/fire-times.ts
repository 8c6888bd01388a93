import { Cron } from 'croner';

/** The times at which a report is due, in the time zone of its schedule. */
export interface FireTimes {
  /** First fire time after `at`, epoch ms; null when there is none. */
  after(at: number): number | null;
  /** Last fire time at or before `at`, epoch ms; null when there is none. */
  upTo(at: number): number | null;
}

/**
 * A local time that the clocks skip is due at the first moment after the gap. A local time that they repeat is due the first
 * time. So a daily report comes once on every day. `*` counts real time: an hourly report comes twice in a repeated hour.
 */
export function fireTimes({ cron, timezone }: { cron: string; timezone: string }): FireTimes {
  const times = new Cron(cron, { mode: '5-part', timezone, paused: true });
  return {
    after: (at) => times.nextRun(new Date(at))?.getTime() ?? null,
    // croner returns only times before the given moment.
    upTo: (at) => times.previousRuns(1, new Date(at + 1))[0]?.getTime() ?? null,
  };
}

/** Two reports with the same definition are due at the same times. */
export const definitionOf = ({ cron, timezone }: { cron: string; timezone: string }): string =>
  `${cron} ${timezone}`;
