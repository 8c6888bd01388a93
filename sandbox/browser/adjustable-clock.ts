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

const MORNING_HOUR = 9;
const QUARTER_MS = 15 * 60_000;

/**
 * The next time the sandbox's morning report is due, epoch ms: 9:00 on a weekday in that time zone.
 * @param timeZone IANA name
 */
export function nextMorning(now: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    weekday: 'short',
    hour: 'numeric',
    minute: 'numeric',
  });
  // Steps of a quarter of an hour, because a change to or from summer time may lie in between.
  for (let at = (Math.floor(now / QUARTER_MS) + 1) * QUARTER_MS; ; at += QUARTER_MS) {
    const local = Object.fromEntries(parts.formatToParts(at).map(({ type, value }) => [type, value]));
    const weekend = local.weekday === 'Sat' || local.weekday === 'Sun';
    if (!weekend && Number(local.hour) === MORNING_HOUR && Number(local.minute) === 0) return at;
  }
}
