import { type Selectable, sql } from 'kysely';
import { retriggerActs } from './audit.ts';
import type { Database } from './database.ts';
import { countDuplicates } from './delivery-counts.ts';
import { PAYLOAD_UNREAD } from './event-log.ts';
import { newestKnown } from './newest-known.ts';
import { type Slice, slicesWithRows } from './slices.ts';
import type { DeliveryRow } from './tables/event-log.ts';

export type LoggedDelivery = Selectable<DeliveryRow>;

/** The newest delivery of an environment with a valid signature, and the id of its event; null when none is kept. `now`: epoch ms. */
export async function newestVerified(
  db: Database,
  environment: string,
  now: number,
): Promise<(LoggedDelivery & { event_id: string }) | null> {
  const at = await newestVerifiedAt(db, environment, now);
  if (at === null) return null;
  const row = await db
    .selectFrom('deliveries')
    .innerJoin('events', 'events.key', 'deliveries.event_key')
    .selectAll('deliveries')
    .select('events.id as event_id')
    .where('deliveries.environment', '=', environment)
    .where('rejection', 'is', null)
    .where('deliveries.received_at', '=', at)
    .orderBy('deliveries.key', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}

/** Time in which a repeated delivery counts as caused by a re-trigger, ms. SpotDraft does not document how soon it sends. */
const CAUSED_WITHIN_MS = 3_600_000;

/** Acts after which a re-trigger may have left. */
const SENT = [retriggerActs.attempt, retriggerActs.done, retriggerActs.lost];

/**
 * The newest delivery from `since` to `until` (epoch ms UTC) that repeated an event. `isLater`: at least `laterMs` after an earlier
 * one; such a delivery is preferred. null when there is none. A delivery within an hour after a re-trigger of its contract does
 * not count: a person asked for it.
 */
export async function newestRedelivery(
  db: Database,
  environment: string,
  { since, until, laterMs }: { since: number; until: number; laterMs: number },
): Promise<{ delivery: LoggedDelivery; isLater: boolean } | null> {
  let soon: LoggedDelivery | null = null;
  const newestIn = (slice: Slice) => verifiedAt(db, environment, slice);
  for await (const hour of slicesWithRows({ since, until }, newestIn)) {
    // Only few hours have more deliveries than new events.
    const { duplicates } = await countDuplicates(db, environment, hour);
    if (duplicates === 0) continue;
    const later = await redeliveryIn(db, environment, { ...hour, afterMs: laterMs });
    if (later) return { delivery: later, isLater: true };
    soon ??= await redeliveryIn(db, environment, { ...hour, afterMs: 0 });
  }
  return soon && { delivery: soon, isLater: false };
}

async function redeliveryIn(
  db: Database,
  environment: string,
  { from, to, afterMs }: { from: number; to: number; afterMs: number },
): Promise<LoggedDelivery | null> {
  const { rows } = await sql<LoggedDelivery>`select * from deliveries as recent
    where environment = ${environment} and rejection is null and received_at >= ${from} and received_at < ${to}
      and exists (select 1 from deliveries as earlier where earlier.event_key = recent.event_key
        and earlier.key < recent.key and earlier.received_at <= recent.received_at - ${afterMs})
      and not exists (select 1 from audit join events on events.key = recent.event_key
        where audit.environment = ${environment} and audit.act in (${sql.join(SENT)})
        and audit.subject = 'contract ' || events.contract_id
        and audit.at <= recent.received_at and audit.at > recent.received_at - ${CAUSED_WITHIN_MS})
    order by received_at desc limit 1`.execute(db);
  return rows[0] ?? null;
}

/** When the newest delivery with a valid signature arrived, epoch ms UTC. */
export const newestVerifiedAt = (db: Database, environment: string, now: number): Promise<number | null> =>
  newestKnown(now, (to) => verifiedAt(db, environment, { from: 0, to }));

/** The same within a slice of time, from an index alone. */
async function verifiedAt(db: Database, environment: string, { from, to }: Slice): Promise<number | null> {
  const row = await db
    .selectFrom('deliveries')
    .select('received_at')
    .where('environment', '=', environment)
    .where('rejection', 'is', null)
    .where('received_at', '>=', from)
    .where('received_at', '<', to)
    .orderBy('received_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.received_at ?? null;
}

/** Far above a healthy environment's number. Counting further would take longer than the rest of an answer. */
export const MAX_COUNTED = 5_000;

/** Refused deliveries of one reason, signed alike. */
export interface RefusedGroup {
  rejection: string;
  signedWith: string | null;
  /** Rows in the log. */
  kept: number;
  /** Rows whose payload could not be read, so that not all of their ids are in the log. */
  unread: number;
  /** The deliveries for which they stand, themselves included. */
  count: number;
  /** False when there were more than `count`: older rows do not say for how many they stand. */
  isExact: boolean;
}

export interface RefusedDeliveries extends Pick<RefusedGroup, 'kept' | 'count' | 'isExact'> {
  /** Most deliveries first. */
  groups: RefusedGroup[];
  newest: LoggedDelivery | null;
}

interface RefusedRange {
  since: number;
  until?: number;
  /** Only these reasons; default: all. */
  reasons?: readonly string[];
}

/** Refused deliveries from `since` to `until` (excluded), epoch ms: of the newest 5,000 rows. */
export async function refusedSince(
  db: Database,
  environment: string,
  { since, until = Number.MAX_SAFE_INTEGER, reasons }: RefusedRange,
): Promise<RefusedDeliveries> {
  const all = db
    .selectFrom('deliveries')
    .where('environment', '=', environment)
    .where('rejection', 'is not', null)
    .where('received_at', '>=', since)
    .where('received_at', '<', until);
  const refused = reasons === undefined ? all : all.where('rejection', 'in', reasons);
  const counted = refused
    .select(['rejection', 'signed_with', 'alike', 'detail'])
    .orderBy('received_at', 'desc')
    .limit(MAX_COUNTED);
  const { rows } = await sql<Omit<RefusedGroup, 'isExact'> & { exact: number }>`
    select rejection, signed_with as "signedWith", count(*) as kept, count(*) + coalesce(sum(alike), 0) as count,
      count(*) = count(alike) as exact, coalesce(sum(instr(detail, ${PAYLOAD_UNREAD}) > 0), 0) as unread
    from (${counted}) as counted group by rejection, signed_with order by count desc, rejection, signed_with`.execute(
    db,
  );
  const groups = rows.map(({ exact, ...group }) => ({ ...group, isExact: Boolean(exact) }));
  const sum = (of: 'kept' | 'count') => groups.reduce((total, group) => total + group[of], 0);
  const newest = await refused.selectAll().orderBy('received_at', 'desc').limit(1).executeTakeFirst();
  return {
    groups,
    kept: sum('kept'),
    count: sum('count'),
    isExact: sum('kept') < MAX_COUNTED && groups.every(({ isExact }) => isExact),
    newest: newest ?? null,
  };
}

/** A delivery of a contract's event. */
export interface ContractDelivery {
  /** Increases with every delivery. */
  key: number;
  /** `dlv_…` */
  id: string;
  /** `evt_…` */
  eventId: string;
  activity: string | null;
  /** Epoch ms UTC. */
  receivedAt: number;
}

/** Deliveries of a contract newer than `afterKey`, newest first, at most `limit`. */
export const deliveriesOfContract = (
  db: Database,
  environment: string,
  contractId: number,
  { afterKey, limit }: { afterKey: number; limit: number },
): Promise<ContractDelivery[]> =>
  db
    .selectFrom('deliveries')
    .innerJoin('events', 'events.key', 'deliveries.event_key')
    .innerJoin('identifiers', 'identifiers.event_key', 'events.key')
    .select([
      'deliveries.key',
      'deliveries.id',
      'events.id as eventId',
      'events.activity',
      'deliveries.received_at as receivedAt',
    ])
    .where('identifiers.value', '=', String(contractId))
    .where('identifiers.kind', '=', 'contract')
    .where('deliveries.environment', '=', environment)
    .where('deliveries.key', '>', afterKey)
    .orderBy('deliveries.key', 'desc')
    .limit(limit)
    .execute();

/** True when an event has a delivery up to this key. */
export async function wasDelivered(db: Database, eventId: string, untilKey: number): Promise<boolean> {
  const row = await db
    .selectFrom('deliveries')
    .innerJoin('events', 'events.key', 'deliveries.event_key')
    .select('deliveries.key')
    .where('events.id', '=', eventId)
    .where('deliveries.key', '<=', untilKey)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
