import type { KnownBlock } from '@slack/types';
import { counted } from '../../eventlog/counts.ts';
import { environmentLabel } from '../../readiness/environment-label.ts';
import { countsLine, statusWords } from '../../readiness/words.ts';
import type { Digest, DigestEnvironment } from '../../reports/digest-content.ts';
import { lastDay } from '../../waivers/words.ts';
import { shownDifference } from '../../workspace/diff/words.ts';
import { notReadLines } from './digest-not-read.ts';
import {
  countsOfDigest,
  deliveriesLine,
  deliveriesOf,
  differenceLine,
  eachDifference,
  eachProblem,
  type Line,
  pairLabel,
  problemLine,
  readinessOf,
  silenceLine,
  timeWords,
  verdictChange,
  verdictOf,
} from './digest-words.ts';
import { bold, bullets, clip, code, paragraph, plain, richText } from './text.ts';

const MANY_ENVIRONMENTS = 6;

/** Lines of each list in the message of the day; the thread has those that are cut. */
export const most = {
  notRead: 8,
  problems: 6,
  moved: 8,
  open: 5,
  resolved: 4,
  expiring: 4,
  changes: 5,
  silent: 6,
} as const;

/** A heading, the first lines of a list, and how many more there are. No lines: no block. */
function listPart(title: string, lines: Line[], limit: number, rest: string): KnownBlock[] {
  if (lines.length === 0) return [];
  const more = lines.length - limit;
  return [
    richText(
      paragraph(bold(title)),
      bullets([...lines.slice(0, limit), ...(more > 0 ? [[plain(`…and ${more} more${rest}`)]] : [])]),
    ),
  ];
}

const IN_THREAD = ' in the thread';

/** The parts of the message of the day, what matters most first. */
export function digestParts(digest: Digest): KnownBlock[][] {
  return [
    notReadPart(digest),
    environmentsPart(digest),
    problemsPart(digest),
    resolvedPart(digest),
    ...driftParts(digest),
    acceptedPart(digest),
    changesPart(digest),
    deliveriesPart(digest),
    silencePart(digest),
    maintenancePart(digest),
    checklistPart(digest),
  ].filter((part) => part.length > 0);
}

const notReadPart = (digest: Digest): KnownBlock[] =>
  listPart('❔ Could not be read', notReadLines(digest), most.notRead, IN_THREAD);

/** The ready ones share a line where there are many. */
function environmentsPart({ environments, kind }: Digest): KnownBlock[] {
  const line = (environment: DigestEnvironment): Line => {
    const { mark, words } = verdictOf(environment);
    const known = readinessOf(environment);
    const isNew = environment.isNew && kind !== 'baseline' ? '; first time in this digest' : '';
    return [
      bold(`${mark} ${words}`),
      plain(`${known ? ` (${countsLine(known.report)})` : ''}${verdictChange(environment)}${isNew}`),
    ];
  };
  const told = environments.filter(({ readiness }) => readiness !== null);
  if (told.length === 0) return [];
  const ready = told.filter((environment) => readinessOf(environment)?.report.verdict === 'ready');
  const others = told.filter((environment) => !ready.includes(environment));
  const together =
    told.length > MANY_ENVIRONMENTS && ready.length > 1
      ? [[bold(`✅ ${ready.length} ready: `), plain(ready.map(environmentLabel).join(', '))]]
      : ready.map(line);
  return [richText(bullets([...others.map(line), ...together]))];
}

function problemsPart(digest: Digest): KnownBlock[] {
  const all = eachProblem(digest);
  const { failing, newlyFailing } = countsOfDigest(digest);
  const order = { new: 0, changed: 1, open: 2 };
  const sorted = all.toSorted(
    (left, right) =>
      Number(left.problem.check.status !== 'fail') - Number(right.problem.check.status !== 'fail') ||
      order[left.problem.state] - order[right.problem.state],
  );
  const fresh = newlyFailing > 0 ? `, ${newlyFailing} new` : '';
  const warned = all.length - failing > 0 ? `, ${all.length - failing} warned` : '';
  return listPart(
    `Failing checks: ${failing}${fresh}${warned}`,
    sorted.map(({ environment, problem }) => problemLine(environment, problem)),
    most.problems,
    IN_THREAD,
  );
}

export function resolvedLines(digest: Digest): Line[] {
  const checks = digest.environments.flatMap((environment) =>
    (readinessOf(environment)?.resolved ?? []).map(
      ({ id, title, was }): Line => [
        plain(`${environmentLabel(environment)}: ${clip(title, 120)} `),
        code(id),
        plain(was === 'unknown' ? ' could not be judged before' : ` ${statusWords[was].word} before`),
      ],
    ),
  );
  const differences = digest.pairs.flatMap((pair) =>
    ('known' in pair.drift ? pair.drift.known.resolved : []).map(
      ({ path, was }): Line => [
        plain(`${pairLabel(pair)}: `),
        code(clip(path, 160)),
        plain(` was ${clip(was, 160)}`),
      ],
    ),
  );
  return [...checks, ...differences];
}

function resolvedPart(digest: Digest): KnownBlock[] {
  const lines = resolvedLines(digest);
  return listPart(`✅ Resolved: ${lines.length}`, lines, most.resolved, IN_THREAD);
}

/** Lines of what is new or changed, and of what is still open. */
export function driftLines(digest: Digest, withPair: boolean): { moved: Line[]; open: Line[] } {
  const lines = (how: 'new' | 'changed' | 'open', of: 'added' | 'changed' | 'open'): Line[] =>
    eachDifference(digest, (drift) => drift[of]).map(({ pair, difference }) =>
      differenceLine(pair, difference, how, withPair),
    );
  return {
    moved: [...lines('new', 'added'), ...lines('changed', 'changed')],
    open: lines('open', 'open'),
  };
}

function driftParts(digest: Digest): KnownBlock[][] {
  const { moved, open } = driftLines(digest, digest.pairs.length > 1);
  const { added, changed } = countsOfDigest(digest);
  const [only] = digest.pairs;
  const where = digest.pairs.length === 1 && only ? ` (${pairLabel(only)})` : '';
  return [
    listPart(`Differences${where}: ${added} new, ${changed} changed`, moved, most.moved, IN_THREAD),
    listPart(`Differences still open${where}: ${open.length}`, open, most.open, IN_THREAD),
  ];
}

function acceptedPart(digest: Digest): KnownBlock[] {
  const { accepted, waived } = countsOfDigest(digest);
  if (accepted + waived + digest.expiring.length === 0) return [];
  const counts = [
    ...(accepted > 0 ? [`${accepted} ${accepted === 1 ? 'difference' : 'differences'}`] : []),
    ...(waived > 0 ? [`${waived} ${waived === 1 ? 'check' : 'checks'}`] : []),
  ].join(' and ');
  const title = counts === '' ? 'Accepted: nothing that is there now' : `Accepted: ${counts}`;
  const lines = digest.expiring.map(
    ({ what, by, until }): Line => [
      plain(`Ends within 14 days, on ${lastDay(until)}: ${clip(what, 200)}, by ${clip(by, 80)}`),
    ],
  );
  if (lines.length === 0)
    return [richText(paragraph(bold(title), plain('. None of it ends within 14 days.')))];
  return listPart(title, lines, most.expiring, IN_THREAD);
}

export const changesTitle = ({ kind }: Digest): string =>
  kind === 'baseline' ? 'Changed in the last 24 hours' : 'Changed since the last digest';

/** Newest first: what changed in each environment, whatever the others look like. */
export function changeLines({ environments, timezone }: Digest): Line[] {
  return environments.flatMap((environment) =>
    (environment.changes && 'known' in environment.changes ? environment.changes.known.changes : []).flatMap(
      ({ at, differences }) =>
        differences.map(
          (difference): Line => [
            bold(`${environmentLabel(environment)}: `),
            code(clip(difference.path, 160)),
            plain(
              ` ${clip(shownDifference(difference, { missing: 'gone', extra: 'new' }), 200)} (${difference.weight}, ${timeWords(at, timezone)})`,
            ),
          ],
        ),
    ),
  );
}

function changesPart(digest: Digest): KnownBlock[] {
  const lines = changeLines(digest);
  return listPart(`${changesTitle(digest)}: ${lines.length}`, lines, most.changes, IN_THREAD);
}

/** Of many environments those without trouble share a line. */
function deliveriesPart(digest: Digest): KnownBlock[] {
  const known = digest.environments.flatMap((environment) => {
    const deliveries = deliveriesOf(environment);
    return deliveries ? [{ environment, deliveries }] : [];
  });
  const isQuiet = ({ deliveries }: (typeof known)[number]) =>
    deliveries.refused + deliveries.failedOutcomes === 0;
  const together = known.length > MANY_ENVIRONMENTS ? known.filter(isQuiet) : [];
  const lines = known
    .filter((each) => !together.includes(each))
    .map(({ environment, deliveries }) => deliveriesLine(environment, deliveries));
  const sum = (of: 'verified' | 'duplicates'): number =>
    together.reduce((total, { deliveries }) => total + deliveries[of], 0);
  const rest: Line[] =
    together.length > 0
      ? [
          [
            bold(`✓ ${together.length} ${lines.length > 0 ? 'others' : 'environments'}: `),
            plain(
              `${sum('verified').toLocaleString('en-US')} verified, ${counted(sum('duplicates'), 'duplicate', 'duplicates')}, 0 refused, 0 failed outcomes`,
            ),
          ],
        ]
      : [];
  return listPart('Deliveries of the period', [...lines, ...rest], 21, '');
}

export const silenceLines = (digest: Digest): Line[] =>
  digest.environments.flatMap((environment) => {
    const deliveries = deliveriesOf(environment);
    return (deliveries?.silences ?? []).map((silence) =>
      silenceLine(environment, silence, deliveries as NonNullable<typeof deliveries>, digest),
    );
  });

const silencePart = (digest: Digest): KnownBlock[] =>
  listPart('Silent', silenceLines(digest), most.silent, IN_THREAD);

function maintenancePart({ environments, period, timezone }: Digest): KnownBlock[] {
  const lines = environments.flatMap((environment) =>
    environment.maintenance.map(({ from, until, reason }): Line => {
      const when = `${timeWords(from, timezone)} to ${timeWords(until, timezone)}`;
      const lasts =
        until > period.to
          ? 'in maintenance, nothing is announced'
          : 'was in maintenance, nothing was announced';
      return [bold(`${environmentLabel(environment)}: `), plain(`${lasts}: ${when}, ${clip(reason, 160)}`)];
    }),
  );
  return listPart('🔧 Maintenance', lines, 6, '');
}

function checklistPart({ environments, sections }: Digest): KnownBlock[] {
  if (!sections.includes('checklist')) return [];
  const lines = environments.flatMap((environment): Line[] => {
    const known = readinessOf(environment);
    if (!known) return [];
    const open = known.report.items.filter(({ status }) => status !== 'pass' && status !== 'waived');
    const names = open.map(({ id, status }) => `${id} ${statusWords[status].word}`).join(', ');
    return [
      [
        bold(`${environmentLabel(environment)}: `),
        plain(
          `${known.report.items.length - open.length} of ${known.report.items.length} items passed${names === '' ? '' : `; ${names}`}`,
        ),
      ],
    ];
  });
  return listPart('Checklist', lines, 20, ': npm run -s envcheck -- check <environment>');
}
