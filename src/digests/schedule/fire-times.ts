import { Cron } from 'croner';

/** When a report is due, in the time zone of its schedule. */
export interface FireTimes {
  /** Epoch ms of the first time after `at`; null: none comes. */
  after(at: number): number | null;
  /** Epoch ms of the last time not after `at`; null: there was none. */
  upTo(at: number): number | null;
}

/**
 * A time that the clocks skip is due at the first moment after the gap; one that they show twice is due the first time. So
 * a daily report comes once on every day. `*` counts real time: an hourly one comes twice in the hour that is repeated.
 */
export function fireTimes({ cron, timezone }: { cron: string; timezone: string }): FireTimes {
  const times = new Cron(cron, { mode: '5-part', timezone, paused: true });
  return {
    after: (at) => times.nextRun(new Date(at))?.getTime() ?? null,
    // What is looked for is before the moment that is given.
    upTo: (at) => times.previousRuns(1, new Date(at + 1))[0]?.getTime() ?? null,
  };
}

/** Two reports with the same one are due at the same times. */
export const definitionOf = ({ cron, timezone }: { cron: string; timezone: string }): string =>
  `${cron} ${timezone}`;
