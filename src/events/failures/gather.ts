import type { Logger } from 'pino';
import type { Config, Environment } from '../../config/config.ts';
import { listAcknowledgements } from '../../store/acknowledgements.ts';
import type { Database } from '../../store/database.ts';
import {
  type Arrival,
  arrival,
  type CountedFailures,
  countFailedOutcomes,
  countRefused,
  failedOutcomeAt,
  hasOutcomes,
  logStartedAt,
  oldestFailureAt,
  processedBetween,
  refusedDeliveryAt,
  verifiedBetween,
} from '../../store/failures.ts';
import { innermostMessage } from '../../text/innermost-message.ts';
import type { Clock } from '../../time/clock.ts';
import { durationText } from '../../time/duration-text.ts';
import { isDiagnosis, readSigner } from '../log/signer-text.ts';
import { gatherMissing } from './gather-missing.ts';
import type { GatheredFailures, GatheredGroup } from './gathered.ts';
import { type FailureKind, findPauses, groupOccurrences, lastSeen, type Occurrences } from './group.ts';

export interface FailureDependencies {
  config: Config;
  db: Database;
  clock: Clock;
  logger: Logger;
}

/** Everything known about an environment's failures. Never throws: `unknown` lists unreadable parts. */
export async function gatherFailures(
  dependencies: FailureDependencies,
  environment: Environment,
  now: number,
): Promise<GatheredFailures> {
  const { db, config, logger } = dependencies;
  // Failures that stayed beyond `log.keep` because their group is open still count.
  const since = (oldest: number | null) => ({ since: Math.min(now - config.log.keepMs, oldest ?? now), now });
  const gathered: GatheredFailures = {
    groups: [],
    acknowledgements: [],
    complete: new Set(),
    unknown: [],
    notWatched: [],
  };
  const attempt = async (what: string, kinds: FailureKind[], read: () => Promise<void>): Promise<void> => {
    try {
      await read();
      for (const kind of kinds) gathered.complete.add(kind);
    } catch (error) {
      logger.error({ err: error, environment: environment.name, what }, 'failures not read');
      gathered.unknown.push({ what, why: `the log cannot be read: ${innermostMessage(error)}` });
    }
  };
  await attempt('refused deliveries', ['badly_signed', 'refused'], async () => {
    const counted = await countRefused(
      db,
      environment.name,
      since(await oldestFailureAt(db, environment.name, 'refused')),
    );
    for (const group of await withSamples(db, environment.name, counted.map(ofRefused), now))
      gathered.groups.push(group);
  });
  await attempt('failed outcomes', ['failed'], async () => {
    const counted = await countFailedOutcomes(
      db,
      environment.name,
      since(await oldestFailureAt(db, environment.name, 'failed')),
    );
    for (const group of await withSamples(db, environment.name, counted.map(ofFailed), now))
      gathered.groups.push(group);
    if (!(await hasOutcomes(db, environment.name)))
      gathered.notWatched.push('failed outcomes: the integration has reported no outcomes');
  });
  await attempt('silence', ['silence'], () => gatherSilences(dependencies, environment, now, gathered));
  await attempt('missing events', ['missing'], () =>
    gatherMissing(db, environment, { now, keepMs: config.log.keepMs }, gathered),
  );
  await attempt('acknowledgements', [], async () => {
    gathered.acknowledgements = await listAcknowledgements(db, environment.name);
  });
  return gathered;
}

const ofRefused = ({ reason, ...counted }: CountedFailures): Occurrences => ({
  ...counted,
  kind:
    reason === 'bad_signature' || readSigner(reason) !== null || isDiagnosis(reason)
      ? 'badly_signed'
      : 'refused',
  reason: reason ?? 'no reason',
});

const ofFailed = ({ reason, ...counted }: CountedFailures): Occurrences => ({
  ...counted,
  kind: 'failed',
  reason: reason ?? 'no code',
});

/** Groups with a sample of the newest failure and the pauses in which something succeeded. */
const withSamples = (
  db: Database,
  environment: string,
  occurrences: Occurrences[],
  now: number,
): Promise<GatheredGroup[]> =>
  Promise.all(
    groupOccurrences(environment, occurrences).map(async (group) => {
      const last = lastSeen(group);
      const newest = group.occurrences.find((each) => each.last === last);
      const { kind, activity } = group;
      const pauses = await Promise.all(
        findPauses(group, now).map(async (pause) => {
          const range = { from: pause.from, to: pause.to ?? now + 1 };
          const wentWell =
            kind === 'failed'
              ? await processedBetween(db, environment, activity, range)
              : await verifiedBetween(db, environment, range.from, range.to);
          return wentWell ? [pause] : [];
        }),
      );
      const sample =
        kind === 'failed'
          ? await failedOutcomeAt(db, environment, activity, last)
          : await refusedDeliveryAt(db, environment, newest?.reason ?? '', last);
      return { group, healed: pauses.flat(), sample };
    }),
  );

async function gatherSilences(
  { db, config }: FailureDependencies,
  { name, webhooks }: Environment,
  now: number,
  gathered: GatheredFailures,
): Promise<void> {
  const maxSilenceMs = webhooks?.maxSilenceMs ?? null;
  if (!webhooks || maxSilenceMs === null || webhooks.activities.length === 0) {
    gathered.notWatched.push(
      'silence: the config names no activities with `maxSilence` for this environment',
    );
    return;
  }
  const { keepMs } = config.log;
  const back = silenceHorizon(maxSilenceMs, { now, keepMs });
  if (back > now - keepMs)
    gathered.notWatched.push(`silences before ${new Date(back).toISOString()}: \`maxSilence\` is short`);
  for (const activity of new Set(webhooks.activities)) {
    const silences = await findSilences(db, { environment: name, activity }, maxSilenceMs, { now, keepMs });
    if (silences === null)
      gathered.unknown.push({
        what: `silence of ${activity}`,
        why: `it never arrived, and the log is younger than the ${durationText(maxSilenceMs)} of maxSilence`,
      });
    else gathered.groups.push(...silentGroup(name, activity, silences));
  }
}

function silentGroup(environment: string, activity: string, silences: readonly Silence[]): GatheredGroup[] {
  const occurrences = silences.map(
    ({ first, last }): Occurrences => ({
      kind: 'silence',
      activity,
      reason: 'silent',
      count: 1,
      first,
      last,
    }),
  );
  const newest = silences.at(-1);
  return groupOccurrences(environment, occurrences).map((group) => ({
    group,
    // A silence ends with an arrival, so every pause contains a success.
    healed: [
      ...findPauses(group, Number.NEGATIVE_INFINITY),
      ...(newest?.isOver ? [{ from: newest.last, to: null }] : []),
    ],
    sample: newest?.sample ?? null,
  }));
}

/** A period longer than `maxSilence` without an expected activity. */
interface Silence {
  /** When `maxSilence` was exceeded, epoch ms. */
  first: number;
  /** The next arrival, or now, epoch ms. */
  last: number;
  isOver: boolean;
  /** The event before it; null when none is kept. */
  sample: string | null;
}

/** Limit of the search for silences, in multiples of `maxSilence`. Each step takes two index lookups. */
const MAX_LOOKS = 1_000;

/** Start of the search for silences, epoch ms. */
const silenceHorizon = (maxSilenceMs: number, { now, keepMs }: { now: number; keepMs: number }) =>
  now - Math.min(keepMs, MAX_LOOKS * maxSilenceMs);

/**
 * The silences of an activity, oldest first. null when it never arrived and the log is younger than `maxSilence`. Steps from
 * an arrival to the oldest one within `maxSilence` before it; rows in between need not be read.
 */
async function findSilences(
  db: Database,
  { environment, activity }: { environment: string; activity: string },
  maxSilenceMs: number,
  { now, keepMs }: { now: number; keepMs: number },
): Promise<Silence[] | null> {
  const horizon = silenceHorizon(maxSilenceMs, { now, keepMs });
  const newest = await arrival(db, environment, activity, { before: now + 1 });
  if (newest === null) {
    const late = (await logStartedAt(db)) + maxSilenceMs;
    if (now <= late) return null;
    return [{ first: Math.max(late, now - keepMs), last: now, isOver: false, sample: null }];
  }
  const silences: Silence[] = [];
  const note = (before: Arrival, last: number, isOver: boolean) => {
    if (last - before.at > maxSilenceMs)
      silences.unshift({ first: before.at + maxSilenceMs, last, isOver, sample: before.id });
  };
  note(newest, now, false);
  for (let at = newest.at; at > horizon; ) {
    const oldest = await arrival(db, environment, activity, { from: at - maxSilenceMs });
    if (oldest !== null && oldest.at < at) at = oldest.at;
    else {
      const before = await arrival(db, environment, activity, { before: at });
      if (before === null) break;
      note(before, at, true);
      at = before.at;
    }
  }
  return silences;
}
