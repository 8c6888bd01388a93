import type { Logger } from 'pino';
import type { Config, Environment } from '../../config/config.ts';
import type { SpotDraftReader } from '../../spotdraft/client.ts';
import { oldestEventSince, usualDelayMs } from '../../store/contract-events.ts';
import type { Database } from '../../store/database.ts';
import { type MissingEvent, saveMissingEvents } from '../../store/missing-events.ts';
import {
  claimReconciliation,
  failReconciliation,
  type Look,
  pauseOthers,
  progressOf,
  type Reconciliation,
  type ReconciliationProgress,
  saveReconciliation,
} from '../../store/reconciliations.ts';
import { inTransaction } from '../../store/transaction.ts';
import { listRegistrations } from '../../store/webhook-registrations.ts';
import { knownTime } from '../../time/age.ts';
import type { Clock } from '../../time/clock.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../time/units.ts';
import { beginLook, CONTINUED, continueLook } from './continue-look.ts';
import { EXECUTED } from './contract-match.ts';
import { type LeftOut, leftOutNotes, type UnclearContract } from './judge-missing.ts';

/** Contracts changed more recently are left for the next time: their deliveries may be under way. */
export const GRACE_MS = 30 * MINUTE_MS;
/** Deliveries that usually come later than this do not delay the comparison further, ms. */
const MAX_DELAY_MS = 6 * HOUR_MS;
/** How far the first comparison looks back, ms. */
const FIRST_LOOK_MS = 7 * DAY_MS;
/** Unclear contracts that are kept of an environment. */
const MAX_DOUBTS = 1_000;

export interface ReconcileDependencies {
  config: Config;
  db: Database;
  clock: Clock;
  logger: Logger;
  clientOf: (environment: string) => SpotDraftReader;
}

/** True when missing events of an environment can be told: its webhook is expected to announce executions. */
export const isReconciled = ({ webhooks }: Environment): boolean =>
  webhooks?.activities.includes(EXECUTED) ?? false;

/**
 * Compares the contracts that SpotDraft changed lately with the events of the log, once an hour for each environment, with at
 * most two reads. Every process may call it: the row of the environment decides which one does it. It reads in maintenance too.
 */
export async function reconcileDue(dependencies: ReconcileDependencies): Promise<void> {
  const { config, db, clock, logger } = dependencies;
  const reconciled = config.environments.filter(isReconciled);
  await pauseOthers(
    db,
    reconciled.map(({ name }) => name),
  );
  for (const environment of reconciled) {
    const now = clock.now();
    const claim = await claimReconciliation(db, environment.name, now);
    if (claim === null) continue;
    try {
      await reconcile(dependencies, environment, { now, earlier: claim.earlier });
    } catch (error) {
      logger.error({ err: error, environment: environment.name }, 'contracts not compared with the log');
      await failReconciliation(
        db,
        environment.name,
        now,
        "it failed unexpectedly; see Envcheck's log. It is tried again within an hour",
      );
    }
  }
}

async function reconcile(
  dependencies: ReconcileDependencies,
  environment: Environment,
  { now, earlier }: { now: number; earlier: Reconciliation | null },
): Promise<void> {
  const { config, db } = dependencies;
  const { name } = environment;
  const progress = progressNow(earlier, now, config.log.keepMs);
  const kept = { read_until: knownTime(earlier?.read_until, now), unread: null, progress };
  const save = (notes: string[]) => saveReconciliation(db, name, now, { ...kept, notes });
  const baseline = await baselineOf(db, environment, progress);
  if (baseline === null) return save([`no delivery shows yet that a webhook announces ${EXECUTED}`]);
  const look = progress.look ?? (await nextLook(db, name, { now, baseline, readUntil: kept.read_until }));
  if (look === null) return save([`${EXECUTED} has been expected for too short a time to compare anything`]);
  const step = await continueLook(dependencies, environment, look, {
    baseline,
    numbering: progress.numbering,
  });
  const { missing, doubts, unread } = step;
  const done = step.look === null;
  const nothing: LeftOut = { undated: 0, historical: 0, uploaded: 0, status: 0, unclear: 0, id: 0 };
  await inTransaction(db, async (transaction) => {
    const events = missing.map(
      (each): MissingEvent => ({ ...each, activity: EXECUTED, noticedAt: now, changedFrom: look.from }),
    );
    await saveMissingEvents(transaction, name, events, now - config.log.keepMs);
    await saveReconciliation(transaction, name, now, {
      read_until: done ? look.until : kept.read_until,
      notes: leftOutNotes({ ...nothing, ...step.left }),
      unread: unread ?? (done ? null : CONTINUED),
      progress: {
        ...progress,
        comparedFrom: progress.comparedFrom ?? look.from,
        numbering: step.numbering ?? progress.numbering,
        look: step.look,
        last: done ? { at: now, contracts: step.contracts } : progress.last,
        doubts: mergeDoubts(progress.doubts, doubts, { events, now, horizon: now - config.log.keepMs }),
      },
    });
  });
}

/** The progress with what the time since the last comparison changed: rows pruned, and pauses of the config. */
function progressNow(earlier: Reconciliation | null, now: number, keepMs: number): ReconciliationProgress {
  const before = progressOf(earlier);
  const wasPaused = earlier?.paused === 1;
  const known = (at: number | null | undefined) => knownTime(at, now);
  const look = before?.look ?? null;
  return {
    expectedSince: wasPaused ? now : (known(before?.expectedSince ?? earlier?.read_until) ?? now),
    // Rows that an earlier, shorter `log.keep` removed do not come back.
    completeSince: Math.max(known(before?.completeSince) ?? 0, wasPaused ? now : now - keepMs),
    comparedFrom: wasPaused ? null : known(before?.comparedFrom),
    numbering: before?.numbering ?? null,
    look: wasPaused || known(look?.until) === null ? null : look,
    last: before?.last ?? null,
    doubts: before?.doubts ?? [],
  };
}

/** Evidence of when the webhook of an environment announced executions. Times are epoch ms. */
export interface ReceivingEvidence {
  /** The log lacks events from before this time. */
  completeSince: number;
  /** Since when the config names the activity. */
  expectedSince: number;
  /** Active webhooks for the activity that Envcheck registered. */
  registeredAt: readonly number[];
  /** The oldest CONTRACT_EXECUTED in the log, and the oldest event of any activity, since a webhook was deleted; null: none. */
  firstExecuted: number | null;
  firstEvent: number | null;
}

/**
 * From when on every CONTRACT_EXECUTED should be in the log; null while nothing shows that a webhook is active. Events of other
 * activities do not show that this one was subscribed to: from them on it counts since the config expects it.
 */
export function receivingSince(evidence: ReceivingEvidence): number | null {
  const { completeSince, expectedSince, registeredAt, firstExecuted, firstEvent } = evidence;
  const shown = [
    ...registeredAt,
    ...(firstExecuted === null ? [] : [firstExecuted]),
    ...(firstEvent === null ? [] : [Math.max(firstEvent, expectedSince)]),
  ];
  return shown.length === 0 ? null : Math.max(completeSince, Math.min(...shown));
}

/** From when on every event should be in the log, epoch ms; null while nothing shows that a webhook was active. */
async function baselineOf(
  db: Database,
  { name, webhooks }: Environment,
  { completeSince, expectedSince }: ReconciliationProgress,
): Promise<number | null> {
  const own = (await listRegistrations(db, name)).filter(
    ({ url, activities }) => url === webhooks?.url && (activities?.includes(EXECUTED) ?? false),
  );
  const active = own.filter(({ state }) => state === 'active').map(({ registeredAt }) => registeredAt);
  const deleted = own.flatMap(({ deletedAt }) => (deletedAt === null ? [] : [deletedAt]));
  const lastDeleted = Math.max(0, ...deleted);
  // Nothing counts from before the last deletion, nor what was under way then.
  const since = lastDeleted === 0 || active.some((at) => at <= lastDeleted) ? 0 : lastDeleted + HOUR_MS;
  return receivingSince({
    completeSince,
    expectedSince,
    registeredAt: active,
    firstExecuted: await oldestEventSince(db, name, EXECUTED, since),
    firstEvent: await oldestEventSince(db, name, null, since),
  });
}

/** The next period to read: everything since the last complete look, however long ago. null when it is still empty. */
async function nextLook(
  db: Database,
  environment: string,
  { now, baseline, readUntil }: { now: number; baseline: number; readUntil: number | null },
): Promise<Look | null> {
  const delay = await usualDelayMs(db, environment, EXECUTED);
  const until = now - GRACE_MS - Math.min(Math.max(delay, 0), MAX_DELAY_MS);
  // The overlap covers clocks that differ.
  const from = Math.max(baseline, Math.min(readUntil ?? now - FIRST_LOOK_MS, until) - HOUR_MS);
  return from >= until ? null : beginLook(from, until);
}

/** The newest judgement of a contract replaces an older one. */
function mergeDoubts(
  before: ReconciliationProgress['doubts'],
  found: readonly UnclearContract[],
  { events, now, horizon }: { events: readonly MissingEvent[]; now: number; horizon: number },
): ReconciliationProgress['doubts'] {
  const settled = new Set([...found, ...events].map(({ contract }) => contract));
  return [
    ...before.filter(({ contract, at }) => at >= horizon && !settled.has(contract)),
    ...found.map((each) => ({ ...each, at: now })),
  ].slice(-MAX_DOUBTS);
}
