import { type Clock, systemClock } from '../../src/time/clock.ts';

/** A clock that can be put forward, for everything in the sandbox: the bot, Slack and SpotDraft. */
export interface AdjustableClock extends Clock {
  /** Never back: what has happened has happened. */
  advance(ms: number): void;
  /** How far it is ahead of the machine's, ms. */
  aheadMs(): number;
}

export function createAdjustableClock(): AdjustableClock {
  let ahead = 0;
  return {
    now: () => systemClock.now() + ahead,
    advance(ms) {
      if (!(ms >= 0)) throw new RangeError(`The clock goes forward only; ${ms} ms is no way to move it.`);
      ahead += ms;
    },
    aheadMs: () => ahead,
  };
}

const MORNING_HOUR = 9;
const QUARTER_MS = 15 * 60_000;

/**
 * Epoch ms of the next time at which it is 9:00 on a weekday in that time zone: when the sandbox's morning report is due.
 * @param zone IANA name
 */
export function nextMorning(now: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    weekday: 'short',
    hour: 'numeric',
    minute: 'numeric',
  });
  // By quarters of an hour rather than by arithmetic: a change to or from summer time may lie between.
  for (let at = (Math.floor(now / QUARTER_MS) + 1) * QUARTER_MS; ; at += QUARTER_MS) {
    const local = Object.fromEntries(parts.formatToParts(at).map(({ type, value }) => [type, value]));
    const weekend = local.weekday === 'Sat' || local.weekday === 'Sun';
    if (!weekend && Number(local.hour) === MORNING_HOUR && Number(local.minute) === 0) return at;
  }
}
