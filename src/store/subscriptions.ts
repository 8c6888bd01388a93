import type { Database } from './database.ts';
import type { SubscriptionRow } from './tables/reporting.ts';
import type { Transaction } from './transaction.ts';

export interface Subscription {
  /** `sub_…` */
  id: string;
  channel: string;
  environment: string;
  /** A whole digest or its drift part, on a schedule; or a notice when something begins to fail. */
  kind: SubscriptionRow['kind'];
  /** null for `failures`. */
  schedule: { days: 'daily' | 'weekdays'; time: string; timezone: string } | null;
  createdBy: string;
  /** Epoch ms UTC. */
  createdAt: number;
}

/** Active subscriptions, oldest first. */
export async function listSubscriptions(db: Database): Promise<Subscription[]> {
  const rows = await db
    .selectFrom('subscriptions')
    .selectAll()
    .where('ended_at', 'is', null)
    .orderBy('key')
    .execute();
  return rows.map(toSubscription);
}

/** Active subscriptions of this kind to an environment. */
export async function subscriptionsFor(
  db: Database,
  kind: Subscription['kind'],
  environment: string,
): Promise<Subscription[]> {
  const all = await listSubscriptions(db);
  return all.filter((each) => each.kind === kind && each.environment === environment);
}

/** False when the channel is already subscribed. `slot`: the kind that a channel can have once per environment. */
export async function insertSubscription(
  transaction: Transaction,
  subscription: Subscription,
  slot: string,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await transaction
    .insertInto('subscriptions')
    .values({
      id: subscription.id,
      channel: subscription.channel,
      environment: subscription.environment,
      kind: subscription.kind,
      days: subscription.schedule?.days ?? null,
      time: subscription.schedule?.time ?? null,
      timezone: subscription.schedule?.timezone ?? null,
      slot,
      created_by: subscription.createdBy,
      created_at: subscription.createdAt,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** False when it had ended before. */
export async function endSubscription(transaction: Transaction, id: string, at: number): Promise<boolean> {
  const { numUpdatedRows } = await transaction
    .updateTable('subscriptions')
    .set({ ended_at: at })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

const toSubscription = (row: Omit<SubscriptionRow, 'key'>): Subscription => ({
  id: row.id,
  channel: row.channel,
  environment: row.environment,
  kind: row.kind,
  schedule:
    row.days === null || row.time === null || row.timezone === null
      ? null
      : { days: row.days, time: row.time, timezone: row.timezone },
  createdBy: row.created_by,
  createdAt: row.created_at,
});
