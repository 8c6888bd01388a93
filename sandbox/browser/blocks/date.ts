import type { RenderContext } from './render-context.ts';

/** The reader's time zone and the current time, which decides "Today". */
type DateContext = Pick<RenderContext, 'timeZone' | 'now'>;

const DAY_MS = 86_400_000;

/**
 * Formats a date as Slack does, in the reader's time zone (https://docs.slack.dev/messaging/formatting-message-text#date-formatting).
 * @param seconds epoch seconds; the fallback is returned when this is not a number
 */
export function dateText(seconds: number, format: string, fallback: string, context: DateContext): string {
  const at = seconds * 1_000;
  if (!Number.isFinite(at)) return fallback;
  return format.replace(/\{(\w+)\}/g, (token, name: string) =>
    Object.hasOwn(tokens, name) ? (tokens[name]?.(at, context) ?? token) : token,
  );
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Keeps the formatters: creating one takes most of the time of rendering a page, and the page is rendered often. */
function formatted(at: number, { timeZone }: DateContext, options: Intl.DateTimeFormatOptions): string {
  const key = `${timeZone} ${JSON.stringify(options)}`;
  const formatter = formatters.get(key) ?? new Intl.DateTimeFormat('en-US', { timeZone, ...options });
  formatters.set(key, formatter);
  return formatter.format(at);
}

const long: Intl.DateTimeFormatOptions = { weekday: 'long', month: 'long', day: 'numeric', year: 'numeric' };
const plain: Intl.DateTimeFormatOptions = { month: 'long', day: 'numeric', year: 'numeric' };
const short: Intl.DateTimeFormatOptions = { month: 'short', day: 'numeric', year: 'numeric' };

const tokens: Record<string, (at: number, context: DateContext) => string> = {
  date: (at, context) => formatted(at, context, plain),
  date_num: (at, context) => formatted(at, context, { year: 'numeric', month: '2-digit', day: '2-digit' }),
  date_short: (at, context) => formatted(at, context, short),
  date_long: (at, context) => formatted(at, context, long),
  date_pretty: (at, context) => nearby(at, context) ?? formatted(at, context, plain),
  date_short_pretty: (at, context) => nearby(at, context) ?? formatted(at, context, short),
  date_long_pretty: (at, context) => nearby(at, context) ?? formatted(at, context, long),
  time: (at, context) => formatted(at, context, { hour: 'numeric', minute: '2-digit' }),
  time_secs: (at, context) =>
    formatted(at, context, { hour: 'numeric', minute: '2-digit', second: '2-digit' }),
  ago: (at, context) => ago(context.now - at),
};

function nearby(at: number, context: DateContext): string | null {
  const day = (time: number) => formatted(time, context, short);
  if (day(at) === day(context.now)) return 'Today';
  if (day(at) === day(context.now - DAY_MS)) return 'Yesterday';
  return day(at) === day(context.now + DAY_MS) ? 'Tomorrow' : null;
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
