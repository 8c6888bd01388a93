import type { Verdict } from '../../readiness/report.ts';
import { DAY_MS } from '../../time/units.ts';
import type { Weight } from '../../workspace/diff/difference.ts';

/** The last readings of a day. Null means that nothing was read that day, which is neither good nor bad. */
export interface TrendDay {
  /** `2026-11-24`, UTC. */
  day: string;
  verdict: Verdict | null;
  open: OpenCounts | null;
}

/** Open differences by weight. With paths that could not be compared there may be more. */
export interface OpenCounts extends Record<Weight, number> {
  notCompared: number;
}

/** An environment over the last 30 days. */
export interface Trend {
  /** Label of the environment. */
  label: string;
  /** The two compared environments, as text; null when no configured pair contains the environment. */
  pair: string | null;
  /** Oldest first, without gaps. */
  days: TrendDay[];
}

const TREND_DAYS = 30;

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** Start of the oldest day that is shown, epoch ms. */
export const trendStart = (now: number): number =>
  Math.floor(now / DAY_MS) * DAY_MS - (TREND_DAYS - 1) * DAY_MS;

/** The last reading of each day, up to that of `now` (epoch ms UTC). Both lists oldest first. */
export function trendDays(
  now: number,
  reports: readonly { at: number; verdict: Verdict }[],
  comparisons: readonly { at: number; open: Record<Weight, number>; notCompared: number }[],
): TrendDay[] {
  const verdicts = new Map(reports.map(({ at, verdict }) => [dayOf(at), verdict]));
  const open = new Map(comparisons.map((each) => [dayOf(each.at), countsOf(each)]));
  return Array.from({ length: TREND_DAYS }, (_, index) => {
    const day = dayOf(trendStart(now) + index * DAY_MS);
    return { day, verdict: verdicts.get(day) ?? null, open: open.get(day) ?? null };
  });
}

/** When paths could not be compared, a count of zero is unknown. */
const countsOf = ({
  open,
  notCompared,
}: {
  open: Record<Weight, number>;
  notCompared: number;
}): OpenCounts | null => (totalOf(open) === 0 && notCompared > 0 ? null : { ...open, notCompared });

/** The numbers of the picture as text: its alternative text, and its replacement. At most 1,000 characters. */
export function trendText({ label, pair, days }: Trend): string {
  const [first, last] = [days[0]?.day ?? '', days.at(-1)?.day ?? ''];
  const count = (verdict: Verdict | null) => days.filter((day) => day.verdict === verdict).length;
  const readiness = [
    `ready on ${count('ready')}`,
    `not ready on ${count('not_ready')}`,
    `unknown on ${count('unknown')}`,
    `not checked on ${count(null)}`,
  ].join(', ');
  return `${label}, ${first} to ${last}. Of ${days.length} days: ${readiness}.${pair === null ? '' : ` ${openText(pair, days)}`}`;
}

function openText(pair: string, days: readonly TrendDay[]): string {
  const known = days.flatMap(({ day, open }) => (open ? [{ day, open, total: totalOf(open) }] : []));
  const [oldest, newest] = [known[0], known.at(-1)];
  if (!oldest || !newest) return `Open differences ${pair}: not compared in this period.`;
  const most = known.reduce((highest, each) => (each.total > highest.total ? each : highest));
  const { breaking, risky, cosmetic } = newest.open;
  const counts = `${newest.total} on ${newest.day} (${breaking} breaking, ${risky} risky, ${cosmetic} cosmetic)`;
  const before =
    known.length > 1 ? [`${oldest.total} on ${oldest.day}`, `the most ${most.total} on ${most.day}`] : [];
  const partly = known.filter(({ open }) => open.notCompared > 0).length;
  const unknown = `${partly > 0 ? `partly compared on ${partly}; ` : ''}not compared on ${days.length - known.length}`;
  return `Open differences ${pair}: ${[counts, ...before, unknown].join('; ')}.`;
}

export const totalOf = ({ breaking, risky, cosmetic }: Record<Weight, number>): number =>
  breaking + risky + cosmetic;
