import type { Selectable } from 'kysely';
import type { Database } from './database.ts';
import type { WebhookRegistrationRow } from './tables/acts.ts';
import type { Transaction } from './transaction.ts';

export interface Registration {
  key: number;
  environment: string;
  /** SpotDraft's id; null when the answer that carries it was lost or the id cannot be stored. */
  webhookId: number | null;
  origin: WebhookRegistrationRow['origin'];
  state: WebhookRegistrationRow['state'];
  title: string | null;
  url: string | null;
  /** null when unknown, as for a webhook created elsewhere. */
  activities: string[] | null;
  /** Names of the custom headers. Their values are never stored. */
  headerNames: string[];
  /** Epoch ms UTC. */
  registeredAt: number;
  deletedAt: number | null;
}

/** All registrations of an environment, newest first, including deleted ones. */
export async function listRegistrations(db: Database, environment: string): Promise<Registration[]> {
  const rows = await db
    .selectFrom('webhook_registrations')
    .selectAll()
    .where('environment', '=', environment)
    .orderBy('key', 'desc')
    .execute();
  return rows.map(toRegistration);
}

/** The registration with SpotDraft's id, also a deleted one; null when none is known. */
export async function registrationById(
  db: Database,
  environment: string,
  webhookId: number,
): Promise<Registration | null> {
  const row = await db
    .selectFrom('webhook_registrations')
    .selectAll()
    .where('environment', '=', environment)
    .where('webhook_id', '=', webhookId)
    .executeTakeFirst();
  return row ? toRegistration(row) : null;
}

/** The registrations of any environment with SpotDraft's id. */
export async function registrationsById(db: Database, webhookId: number): Promise<Registration[]> {
  const rows = await db
    .selectFrom('webhook_registrations')
    .selectAll()
    .where('webhook_id', '=', webhookId)
    .execute();
  return rows.map(toRegistration);
}

/** Returns the registration with its key. Throws when SpotDraft's id exists in the environment. */
export async function insertRegistration(
  transaction: Transaction,
  registration: Omit<Registration, 'key'>,
): Promise<Registration> {
  const row = await transaction
    .insertInto('webhook_registrations')
    .values(toRow(registration))
    .returningAll()
    .executeTakeFirstOrThrow();
  return toRegistration(row);
}

/** Returns the changed registration. */
export async function changeRegistration(
  transaction: Transaction,
  registration: Registration,
  changes: Partial<Pick<Registration, 'webhookId' | 'state' | 'title' | 'url' | 'deletedAt'>>,
): Promise<Registration> {
  const { key, ...changed } = { ...registration, ...changes };
  await transaction.updateTable('webhook_registrations').set(toRow(changed)).where('key', '=', key).execute();
  return { key, ...changed };
}

/** Removes an attempt that created nothing, or the older row of an id that SpotDraft has reused. */
export async function removeRegistration(transaction: Transaction, key: number): Promise<void> {
  await transaction.deleteFrom('webhook_registrations').where('key', '=', key).execute();
}

const toRow = (registration: Omit<Registration, 'key'>) => ({
  environment: registration.environment,
  webhook_id: registration.webhookId,
  origin: registration.origin,
  state: registration.state,
  title: registration.title,
  url: registration.url,
  activities: registration.activities && JSON.stringify(registration.activities),
  header_names: JSON.stringify(registration.headerNames),
  registered_at: registration.registeredAt,
  deleted_at: registration.deletedAt,
});

const toRegistration = (row: Selectable<WebhookRegistrationRow>): Registration => ({
  key: row.key,
  environment: row.environment,
  webhookId: row.webhook_id,
  origin: row.origin,
  state: row.state,
  title: row.title,
  url: row.url,
  activities: row.activities === null ? null : JSON.parse(row.activities),
  headerNames: row.header_names === null ? [] : JSON.parse(row.header_names),
  registeredAt: row.registered_at,
  deletedAt: row.deleted_at,
});
