import type { RichTextElement } from '@slack/types';
import type {
  Deliveries,
  Digest,
  DigestDifference,
  DigestEnvironment,
  DigestPair,
  NamedEnvironment,
  PairDrift,
  Problem,
  Readiness,
  Silence,
} from '../../digests/digest/digest-content.ts';
import { refusedGroupsText } from '../../events/log/refusal-text.ts';
import { statusLabels, verdictLabels } from '../../readiness/status-text.ts';
import { pluralize } from '../../text/counts.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import { durationText } from '../../time/duration-text.ts';
import { DAY_MS } from '../../time/units.ts';
import { differenceText } from '../../workspace/diff/difference-text.ts';
import { type ShownChange, shownChanges } from '../../workspace/diff/round-trips.ts';
import { bold, clip, code, plain } from './text.ts';

export type Line = RichTextElement[];

export const pairLabel = ({ left, right }: Pick<DigestPair, 'left' | 'right'>): string =>
  `${environmentLabel(left)} → ${environmentLabel(right)}`;

/** The known part of an environment or pair; null when it is unknown or not in the report. */
export const readinessOf = ({ readiness }: DigestEnvironment): Readiness | null =>
  readiness && 'known' in readiness ? readiness.known : null;
export const deliveriesOf = ({ deliveries }: DigestEnvironment): Deliveries | null =>
  deliveries && 'known' in deliveries ? deliveries.known : null;
export const changesOf = ({ changes }: DigestEnvironment): ShownChange[] =>
  changes && 'known' in changes ? shownChanges(changes.known.changes) : [];
export const driftOf = ({ drift }: DigestPair): PairDrift | null => ('known' in drift ? drift.known : null);

/** Each problem with its environment, so that a line can name it. */
export const eachProblem = ({
  environments,
}: Digest): { environment: DigestEnvironment; problem: Problem }[] =>
  environments.flatMap((environment) =>
    (readinessOf(environment)?.problems ?? []).map((problem) => ({ environment, problem })),
  );

export const eachDifference = (
  { pairs }: Digest,
  of: (drift: PairDrift) => DigestDifference[],
): { pair: DigestPair; difference: DigestDifference }[] =>
  pairs.flatMap((pair) => {
    const drift = driftOf(pair);
    return drift ? of(drift).map((difference) => ({ pair, difference })) : [];
  });

export interface DigestCounts {
  failing: number;
  newlyFailing: number;
  warned: number;
  /** Checks that are unknown now. */
  unclear: number;
  added: number;
  changed: number;
  open: number;
  unchecked: number;
  accepted: number;
  waived: number;
  resolvedChecks: number;
  resolvedDifferences: number;
  changes: number;
  verified: number;
}

/** Exact counts, even when a message has no room for all lines. */
export function countsOfDigest(digest: Digest): DigestCounts {
  const sum = (numbers: number[]): number => numbers.reduce((total, each) => total + each, 0);
  const ofDrift = (count: (drift: PairDrift) => number): number =>
    sum(digest.pairs.map((pair) => driftOf(pair)).map((drift) => (drift ? count(drift) : 0)));
  const ofReadiness = (count: (readiness: Readiness) => number): number =>
    sum(digest.environments.map(readinessOf).map((readiness) => (readiness ? count(readiness) : 0)));
  const problems = eachProblem(digest);
  const failing = problems.filter(({ problem }) => problem.check.status === 'fail');
  return {
    warned: problems.length - failing.length,
    unclear: ofReadiness(({ unclear }) => unclear.length),
    failing: failing.length,
    newlyFailing: failing.filter(({ problem }) => problem.state === 'new').length,
    added: ofDrift(({ added }) => added.length),
    changed: ofDrift(({ changed }) => changed.length),
    open: ofDrift(({ open }) => open.length),
    unchecked: ofDrift(({ unchecked }) => unchecked.length),
    accepted: ofDrift(({ accepted }) => accepted.length),
    waived: ofReadiness(
      ({ report }) =>
        report.items.flatMap(({ checks }) => checks).filter(({ status }) => status === 'waived').length,
    ),
    resolvedChecks: ofReadiness(({ resolved }) => resolved.length),
    resolvedDifferences: ofDrift(({ resolved }) => resolved.length),
    changes: sum(digest.environments.map((environment) => changesOf(environment).length)),
    verified: sum(digest.environments.map((environment) => deliveriesOf(environment)?.verified ?? 0)),
  };
}

/** "prod (production) not ready", or "prod (production) could not be checked". */
export function verdictOf(environment: DigestEnvironment): { mark: string; text: string } {
  const readiness = readinessOf(environment);
  const { mark, word } = readiness ? verdictLabels[readiness.report.verdict] : verdictLabels.unknown;
  return { mark, text: `${environmentLabel(environment)} ${readiness ? word : 'could not be checked'}` };
}

export function verdictChange(environment: DigestEnvironment): string {
  const readiness = readinessOf(environment);
  if (!readiness?.before || readiness.before === readiness.report.verdict) return '';
  return `; was ${verdictLabels[readiness.before].word}`;
}

export function problemLine(environment: NamedEnvironment, { check, state, day }: Problem): Line {
  const { word, mark } = statusLabels[check.status];
  const lasting = day > 1 ? `still ${check.status === 'fail' ? 'failing' : 'warning'}, day ${day}` : word;
  const since =
    state === 'open' ? lasting : `${word}, ${state === 'first' ? 'first time in this digest' : state}`;
  return [
    bold(`${mark} ${environmentLabel(environment)}: ${clip(check.title, 120)}`),
    plain(` (${since}) `),
    code(check.id),
    ...(check.remedy ? [plain(` Next: ${clip(check.remedy, 220)}`)] : []),
  ];
}

/** "templates/NDA date → string (breaking, still open, day 12)" */
export function differenceLine(
  pair: DigestPair,
  difference: DigestDifference,
  how: 'new' | 'changed' | 'open',
  withPair: boolean,
): Line {
  const { path, weight, day, before, noLongerAccepted } = difference;
  const sides = {
    missing: `only in ${environmentLabel(pair.left)}`,
    extra: `only in ${environmentLabel(pair.right)}`,
  };
  const again = noLongerAccepted ? ', no longer accepted' : '';
  const was = before === null ? '' : `; was ${clip(before, 100)}`;
  const state = how === 'open' ? (day > 1 ? `still open, day ${day}` : 'open') : how;
  return [
    code(clip(path, 160)),
    plain(` ${clip(differenceText(difference, sides), 200)}${was} (${weight}, ${state}${again})`),
    ...(withPair ? [plain(` ${pairLabel(pair)}`)] : []),
  ];
}

/** "prod (production): 120 verified, 3 duplicates, 1 refused, 2 failed outcomes" */
export function deliveriesLine(
  environment: NamedEnvironment,
  { verified, duplicates, refused, signers, failedOutcomes }: Deliveries,
): Line {
  const trouble = refused + failedOutcomes > 0;
  const whose = refusedGroupsText(signers);
  // No delivery at all is neither good nor bad.
  const mark = trouble ? '✗' : verified === 0 ? '–' : '✓';
  return [
    bold(`${mark} ${environmentLabel(environment)}: `),
    plain(
      [
        `${verified.toLocaleString('en-US')} verified`,
        pluralize(duplicates, 'duplicate'),
        `${refused.toLocaleString('en-US')} refused${whose === '' ? '' : ` (${whose})`}`,
        pluralize(failedOutcomes, 'failed outcome'),
      ].join(', '),
    ),
    ...(trouble ? [plain(` Next: /envcheck failures ${environment.name}`)] : []),
  ];
}

/** "No deliveries for `CONTRACT_EXECUTED` in prod in the last 24 h. The last one was on 3 Nov. The log keeps 90 days." */
export function silenceLine(
  environment: NamedEnvironment,
  { activity, windowMs, lastAt, tooLong }: Silence,
  { keepMs }: Deliveries,
  { timezone, period }: Pick<Digest, 'timezone' | 'period'>,
): Line {
  const last =
    lastAt === null ? 'The log has none' : `The last one was on ${dateText(lastAt, timezone, period.to)}`;
  return [
    plain('No deliveries for '),
    code(activity),
    plain(
      ` in ${environmentLabel(environment)} in the last ${durationText(windowMs)}${tooLong ? ', longer than expected' : ''}. ${last}. The log keeps ${Math.round(keepMs / DAY_MS)} days.`,
    ),
  ];
}

/** "3 Nov", with the year when it is not the year of `now`. */
export function dateText(at: number, timezone: string, now: number): string {
  const year = (time: number) =>
    new Intl.DateTimeFormat('en-GB', { timeZone: timezone, year: 'numeric' }).format(time);
  return new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    day: 'numeric',
    month: 'short',
    ...(year(at) === year(now) ? {} : { year: 'numeric' }),
  }).format(at);
}

/** "24 Nov, 09:00 Europe/Berlin" */
export const dateTimeText = (at: number, timezone: string): string =>
  `${new Intl.DateTimeFormat('en-GB', { timeZone: timezone, day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }).format(at)} ${timezone}`;
