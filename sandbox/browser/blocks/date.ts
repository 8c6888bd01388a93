import type { Look } from './look.ts';

const DAY_MS = 86_400_000;

/**
 * A date as Slack's formats give it, in the reader's time zone (https://docs.slack.dev/messaging/formatting-message-text#date-formatting).
 * @param seconds epoch seconds; where they are no number the fallback is shown
 */
export function dateText(seconds: number, format: string, fallback: string, look: Look): string {
  const at = seconds * 1_000;
  if (!Number.isFinite(at)) return fallback;
  return format.replace(/\{(\w+)\}/g, (token, name: string) =>
    Object.hasOwn(tokens, name) ? (tokens[name]?.(at, look) ?? token) : token,
  );
}

const formatted = (at: number, { zone }: Look, options: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat('en-US', { timeZone: zone, ...options }).format(at);

const long: Intl.DateTimeFormatOptions = { weekday: 'long', month: 'long', day: 'numeric', year: 'numeric' };
const plain: Intl.DateTimeFormatOptions = { month: 'long', day: 'numeric', year: 'numeric' };
const short: Intl.DateTimeFormatOptions = { month: 'short', day: 'numeric', year: 'numeric' };

const tokens: Record<string, (at: number, look: Look) => string> = {
  date: (at, look) => formatted(at, look, plain),
  date_num: (at, look) => formatted(at, look, { year: 'numeric', month: '2-digit', day: '2-digit' }),
  date_short: (at, look) => formatted(at, look, short),
  date_long: (at, look) => formatted(at, look, long),
  date_pretty: (at, look) => nearby(at, look) ?? formatted(at, look, plain),
  date_short_pretty: (at, look) => nearby(at, look) ?? formatted(at, look, short),
  date_long_pretty: (at, look) => nearby(at, look) ?? formatted(at, look, long),
  time: (at, look) => formatted(at, look, { hour: 'numeric', minute: '2-digit' }),
  time_secs: (at, look) => formatted(at, look, { hour: 'numeric', minute: '2-digit', second: '2-digit' }),
  ago: (at, look) => ago(look.now - at),
};

function nearby(at: number, look: Look): string | null {
  const day = (time: number) => formatted(time, look, short);
  if (day(at) === day(look.now)) return 'Today';
  if (day(at) === day(look.now - DAY_MS)) return 'Yesterday';
  return day(at) === day(look.now + DAY_MS) ? 'Tomorrow' : null;
}

function ago(ms: number): string {
  const units: [Intl.RelativeTimeFormatUnit, number][] = [
    ['day', DAY_MS],
    ['hour', 3_600_000],
    ['minute', 60_000],
  ];
  const [unit, length] = units.find(([, each]) => Math.abs(ms) >= each) ?? (['second', 1_000] as const);
  return new Intl.RelativeTimeFormat('en', { numeric: 'auto' }).format(-Math.round(ms / length), unit);
}
