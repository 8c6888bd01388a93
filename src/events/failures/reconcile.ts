import type { Logger } from 'pino';
import type { Config, Environment } from '../../config/config.ts';
import type { SpotDraftReader } from '../../spotdraft/client.ts';
import { PAGE_LIMIT } from '../../spotdraft/endpoints.ts';
import type { Database } from '../../store/database.ts';
import { unreadSince } from '../../store/event-notes.ts';
import {
  claimReconciliation,
  countContractsOf,
  eventsOfContracts,
  type MissingEvent,
  oldestVerifiedAt,
  reconciliationOf,
  saveMissingEvents,
  saveReconciliation,
} from '../../store/missing-events.ts';
import { inTransaction, type Transaction } from '../../store/transaction.ts';
import { listRegistrations } from '../../store/webhook-registrations.ts';
import type { Clock } from '../../time/clock.ts';
import {
  EXECUTED,
  judgeMissing,
  type ListedContract,
  type MissingFacts,
  possibleIds,
} from './judge-missing.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Contracts changed more recently are left for the next time: their deliveries may be under way. */
export const GRACE_MS = 30 * MINUTE_MS;
/** How far the first comparison looks back, ms. */
const FIRST_LOOK_MS = 7 * DAY_MS;

export interface ReconcileDependencies {
  config: Config;
  db: Database;
  clock: Clock;
  logger: Logger;
  clientOf: (environment: string) => SpotDraftReader;
  /** Announces newly missing events, in the transaction that stores them. */
  announce(
    transaction: Transaction,
    environment: Environment,
    missing: readonly MissingEvent[],
  ): Promise<void>;
}

/** True when missing events of an environment can be told: its webhook is expected to announce executions. */
export const isReconciled = ({ webhooks }: Environment): boolean =>
  webhooks?.activities.includes(EXECUTED) ?? false;

/**
 * Compares the contracts that SpotDraft changed lately with the events of the log, once an hour for each environment, with at
 * most two reads. Every process may call it: the row of the environment decides which one does it.
 */
export async function reconcileDue(dependencies: ReconcileDependencies): Promise<void> {
  const { config, db, clock, logger } = dependencies;
  for (const environment of config.environments.filter(isReconciled)) {
    const now = clock.now();
    if (!(await claimReconciliation(db, environment.name, { now, before: now - HOUR_MS }))) continue;
    try {
      await reconcile(dependencies, environment, now);
    } catch (error) {
      logger.error({ err: error, environment: environment.name }, 'contracts not compared with the log');
      const before = await reconciliationOf(db, environment.name);
      if (before)
        await saveReconciliation(db, { ...before, unread: "it failed unexpectedly; see Envcheck's log" });
    }
  }
}

async function reconcile(
  dependencies: ReconcileDependencies,
  environment: Environment,
  now: number,
): Promise<void> {
  const { config, db } = dependencies;
  const { name } = environment;
  const before = await reconciliationOf(db, name);
  const save = (result: { read_until: number | null; notes: string[] | null; unread: string | null }) =>
    saveReconciliation(db, {
      environment: name,
      tried_at: now,
      ...result,
      notes: JSON.stringify(result.notes),
    });
  const unchanged = { read_until: before?.read_until ?? null, notes: null };
  const baseline = await receivingSince(db, environment, now - config.log.keepMs);
  if (baseline === null) return save({ ...unchanged, notes: ['no delivery has arrived yet'], unread: null });
  const until = now - GRACE_MS;
  const lastRead = before?.read_until ?? now - FIRST_LOOK_MS;
  // The overlap covers clocks that differ.
  const from = Math.max(baseline, Math.min(lastRead, until) - HOUR_MS);
  if (from >= until)
    return save({ ...unchanged, notes: ['the first delivery has only just arrived'], unread: null });
  const read = await readFacts(dependencies, environment, { from, until, baseline });
  if ('unread' in read) return save({ ...unchanged, unread: read.unread });
  const { missing, notes, unknown } = judgeMissing(read.facts);
  if (unknown !== null) return save({ ...unchanged, notes, unread: unknown });
  await inTransaction(db, async (transaction) => {
    const events = missing.map((each): MissingEvent => ({ ...each, activity: EXECUTED, noticedAt: now }));
    const added = await saveMissingEvents(transaction, name, events, now - config.log.keepMs);
    if (added.length > 0) await dependencies.announce(transaction, environment, added);
    await saveReconciliation(transaction, {
      environment: name,
      tried_at: now,
      read_until: until,
      notes: JSON.stringify([...notes, ...read.notes]),
      unread: null,
    });
  });
}

/** From when on every event should be in the log, epoch ms; null while nothing shows that a webhook was active. */
async function receivingSince(
  db: Database,
  { name, webhooks }: Environment,
  horizon: number,
): Promise<number | null> {
  const registered = (await listRegistrations(db, name))
    .filter(
      ({ url, activities, state }) =>
        state === 'active' && url === webhooks?.url && (activities?.includes(EXECUTED) ?? false),
    )
    .map(({ registeredAt }) => registeredAt);
  const delivered = await oldestVerifiedAt(db, name);
  const all = [...registered, ...(delivered === null ? [] : [delivered])];
  return all.length === 0 ? null : Math.max(horizon, Math.min(...all));
}

async function readFacts(
  { db, clientOf }: ReconcileDependencies,
  { name }: Environment,
  { from, until, baseline }: { from: number; until: number; baseline: number },
): Promise<{ facts: MissingFacts; notes: string[] } | { unread: string }> {
  const client = clientOf(name);
  const iso = (at: number) => new Date(at).toISOString();
  const page = (number: number, executedFrom: number | null) =>
    client.read('contracts', {
      page: number,
      limit: PAGE_LIMIT,
      createdSince: null,
      executed: {
        updatedFrom: iso(from),
        updatedBefore: iso(until),
        executedFrom: executedFrom === null ? null : iso(executedFrom),
      },
    });
  const first = await page(1, null);
  if (!first.known) return { unread: `SpotDraft's list of contracts could not be read: ${first.reason}` };
  let contracts: ListedContract[] = first.value.results;
  const total = Math.max(first.value.total_results, contracts.length);
  const known = () => eventsOfContracts(db, name, contracts.flatMap(possibleIds));
  const facts: MissingFacts = {
    contracts,
    total,
    executedSince: null,
    baseline,
    known: await known(),
    announced: await countContractsOf(db, name, EXECUTED, from),
    unread: (await unreadSince(db, name, from)).count,
  };
  const notes: string[] = [];
  if (judgeMissing(facts).undated.length > 0) {
    // The date may have no time of day, so the first day after the baseline counts.
    const dated = await page(1, baseline + DAY_MS);
    if (dated.known)
      facts.executedSince = new Set(dated.value.results.flatMap(({ id }) => (id === null ? [] : [id])));
    else notes.push(`dates of execution could not be read: ${dated.reason}`);
  } else if (total > contracts.length) {
    const second = await page(2, null);
    if (second.known) {
      const seen = new Set(contracts.map(({ id }) => id));
      contracts = [...contracts, ...second.value.results.filter(({ id }) => id === null || !seen.has(id))];
      facts.contracts = contracts;
      facts.known = await known();
    } else notes.push(`the second page could not be read: ${second.reason}`);
  }
  return { facts, notes };
}
