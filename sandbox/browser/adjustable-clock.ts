import { Cron } from 'croner';
import { type Clock, systemClock } from '../../src/time/clock.ts';

/** A clock that can be moved forward. The bot, Slack and SpotDraft all use it. */
export interface AdjustableClock extends Clock {
  /** Moves the clock forward. It cannot go back: the database holds what has happened. */
  advance(ms: number): void;
  /** Lead over the machine's clock, ms. */
  aheadMs(): number;
}

export function createAdjustableClock(): AdjustableClock {
  let ahead = 0;
  return {
    now: () => systemClock.now() + ahead,
    advance(ms) {
      if (!(ms >= 0)) throw new RangeError(`The clock only moves forward, not by ${ms} ms.`);
      ahead += ms;
    },
    aheadMs: () => ahead,
  };
}

/**
 * The next time the sandbox's morning report is due, epoch ms: 9:00 on a weekday in that time zone.
 * @param timeZone IANA name
 */
export function nextMorning(now: number, timeZone: string): number {
  const next = new Cron('0 9 * * 1-5', { timezone: timeZone }).nextRun(new Date(now));
  if (!next) throw new RangeError(`There is no next weekday at 9:00 in ${timeZone} after ${now}.`);
  return next.getTime();
}
