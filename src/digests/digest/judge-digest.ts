import type { DigestState, EnvironmentState } from '../../store/digests.ts';
import { renamedTo } from '../../workspace/diff/covers.ts';
import type {
  Digest,
  DigestEnvironment,
  DigestFacts,
  DigestPair,
  EnvironmentFacts,
} from './digest-content.ts';
import { judgeDrift, type MovedItem } from './judge-drift.ts';
import { judgeReadiness, withoutReport } from './judge-readiness.ts';

export interface JudgedDigest extends Pick<Digest, 'environments' | 'pairs' | 'expiring' | 'moved'> {
  /** The state with which the next digest is compared. */
  state: DigestState;
  /** A whole environment, pair or log could not be read. Silence would mean that nothing changed there. */
  mustSpeak: boolean;
}

/** Compares the facts with the previous digest's state; null for the first digest. Pure. */
export function judgeDigest(gathered: DigestFacts, before: DigestState | null): JudgedDigest {
  const unread: string[] = [];
  const environments = gathered.environments.map((each) =>
    judgeEnvironment(each, before?.environments[each.name] ?? null, gathered.at, unread),
  );
  const pairs = gathered.pairs.map((each) =>
    judgePair(each, before, gathered.at, unread, movesIn(gathered, each)),
  );
  const whole = unread.some((name) => name.startsWith('!'));
  unread.sort();
  const parts = [...environments, ...pairs];
  return {
    environments: environments.map(({ shown }) => shown),
    pairs: pairs.map(({ shown }) => shown),
    expiring: gathered.expiring,
    state: {
      environments: Object.fromEntries(environments.map(({ shown, state }) => [shown.name, state])),
      pairs: Object.fromEntries(pairs.flatMap(({ key, state }) => (state ? [[key, state]] : []))),
      unread,
    },
    moved: parts.some(({ moved }) => moved) || (before !== null && unread.join() !== before.unread.join()),
    mustSpeak: whole,
  };
}

/** Names of environments contain no blanks. */
const pairKey = ({ left, right }: { left: { name: string }; right: { name: string } }): string =>
  `${left.name} ${right.name}`;

function judgeEnvironment(
  environment: EnvironmentFacts,
  before: EnvironmentState | null,
  at: number,
  unread: string[],
): { shown: DigestEnvironment; state: EnvironmentState; moved: boolean } {
  const { name, production, report, changes, deliveries, maintenance } = environment;
  const judged = report && 'known' in report ? judgeReadiness(report.known, before, at) : null;
  if (report && !(judged && judged.readiness.report.snapshot !== null)) unread.push(`!environment ${name}`);
  if (changes && 'unknown' in changes) unread.push(`!changes ${name}`);
  if (changes && 'known' in changes)
    unread.push(...changes.known.notRead.map(({ path }) => `changes ${name} ${path}`));
  if (deliveries && 'unknown' in deliveries) unread.push(`!log ${name}`);
  const counts = deliveries && 'known' in deliveries ? deliveries.known : null;
  const silent = [
    ...(counts?.silences ?? []).filter(({ tooLong }) => tooLong).map(({ activity }) => activity),
    ...(counts?.missing?.contracts ?? []).map((contract) => `${counts?.missing?.activity} of ${contract}`),
  ].sort();
  const trouble = counts !== null && counts.refused + counts.failedOutcomes > 0;
  const changed = changes !== null && 'known' in changes && changes.known.changes.length > 0;
  return {
    shown: {
      name,
      production,
      isNew: before === null,
      readiness: judged ? { known: judged.readiness } : (report as { unknown: string } | null),
      changes,
      deliveries,
      maintenance,
    },
    state: {
      ...(judged?.state ?? withoutReport(before)),
      silent: counts ? silent : (before?.silent ?? []),
    },
    moved:
      before === null ||
      (judged?.moved ?? false) ||
      trouble ||
      changed ||
      (counts !== null && silent.join() !== before.silent.join()),
  };
}

/** Items that were renamed in either environment of the pair during the period, oldest first. */
const movesIn = (
  { environments }: DigestFacts,
  { left, right }: Pick<DigestFacts['pairs'][number], 'left' | 'right'>,
): MovedItem[] =>
  environments
    .filter(({ name }) => name === left.name || name === right.name)
    .flatMap(({ changes }) => (changes && 'known' in changes ? changes.known.changes.toReversed() : []))
    .flatMap(({ differences }) => differences)
    .flatMap((difference) => {
      const to = renamedTo(difference);
      return to === null ? [] : [{ from: difference.path.split('/').slice(0, -1).join('/'), to }];
    });

function judgePair(
  { left, right, drift }: DigestFacts['pairs'][number],
  before: DigestState | null,
  at: number,
  unread: string[],
  moves: readonly MovedItem[],
): { key: string; shown: DigestPair; state: DigestState['pairs'][string] | null; moved: boolean } {
  const key = pairKey({ left, right });
  const was = before?.pairs[key] ?? null;
  if ('unknown' in drift) {
    unread.push(`!pair ${key}`);
    return { key, shown: { left, right, drift }, state: was, moved: false };
  }
  unread.push(...drift.known.notCompared.map(({ path }) => `${path === '*' ? '!' : ''}pair ${key} ${path}`));
  const judged = judgeDrift(drift.known, { names: { left: left.name, right: right.name }, moves }, was, at);
  return {
    key,
    shown: { left, right, drift: { known: judged.drift } },
    // If the first comparison read nothing, it is no baseline: everything would be new next time.
    state: was === null && drift.known.notCompared.some(({ path }) => path === '*') ? null : judged.state,
    moved: judged.moved || was === null,
  };
}
