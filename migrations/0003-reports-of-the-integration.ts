import { type Kysely, SqliteAdapter, sql } from 'kysely';

/** Reported calls and outcomes, receiver keys, webhook registrations, and the audit. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await addReportedCalls(db);
  await addOutcomes(db);
  await indexByResult(db);
  await addWebhookTables(db);
  await addAudit(db);
}

/** A reported call has a `call_…` id like ours, derived from the reporter's own id. */
async function addReportedCalls(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('api_calls')
    .addColumn('reporter', 'text', (column) => column.notNull().defaultTo('envcheck'))
    .execute();
  for (const column of ['own_id', 'request_id', 'external_id'])
    await db.schema.alterTable('api_calls').addColumn(column, 'text').execute();
  await db.schema.alterTable('api_calls').addColumn('contract_id', 'bigint').execute();
  for (const column of ['own_id', 'request_id', 'external_id', 'contract_id'])
    await sql`create index ${sql.ref(`api_calls_by_${column}`)} on api_calls (${sql.ref(column)}) where ${sql.ref(column)} is not null`.execute(
      db,
    );
  await db.schema.createIndex('api_calls_by_time').on('api_calls').column('at').execute();
  await sql`create index api_calls_reported on api_calls (environment, at) where reporter = 'integration'`.execute(
    db,
  );
  await sql`create index api_calls_retried on api_calls (environment, at) where attempts > 1`.execute(db);
}

/** The outcome of an event in the integration. It names the event by id, or by contract, activity and time. */
async function addOutcomes(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('outcomes')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('own_id', 'text', (column) => column.notNull())
    .addColumn('environment', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('attempt', 'integer', (column) => column.notNull())
    .addColumn('event_id', 'text')
    .addColumn('contract_id', 'bigint')
    .addColumn('activity', 'text')
    .addColumn('occurred_at', 'bigint')
    .addColumn('request_id', 'text')
    .addColumn('code', 'text')
    .addColumn('message', 'text')
    .execute();
  await db.schema.createIndex('outcomes_by_own_id').on('outcomes').column('own_id').execute();
  await db.schema.createIndex('outcomes_by_time').on('outcomes').column('at').execute();
  await db.schema
    .createIndex('outcomes_by_status')
    .on('outcomes')
    .columns(['environment', 'status', 'at'])
    .execute();
  for (const column of ['event_id', 'contract_id', 'request_id'])
    await sql`create index ${sql.ref(`outcomes_by_${column}`)} on outcomes (${sql.ref(column)}) where ${sql.ref(column)} is not null`.execute(
      db,
    );
}

/** Each delivery is in one of two partial indexes, so a flood of refused ones does not slow the search for the newest verified one. */
async function indexByResult(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropIndex('deliveries_by_time').execute();
  await sql`create index deliveries_verified on deliveries (environment, received_at) where rejection is null`.execute(
    db,
  );
  await sql`create index deliveries_refused on deliveries (environment, received_at) where rejection is not null`.execute(
    db,
  );
  await db.schema
    .createIndex('events_by_activity')
    .on('events')
    .columns(['environment', 'activity', 'received_at'])
    .execute();
}

async function addWebhookTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('receiver_keys')
    .addColumn('environment', 'text', (column) => column.primaryKey())
    .addColumn('fingerprint', 'text', (column) => column.notNull())
    .addColumn('read_at', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('webhook_registrations')
    .addColumn('key', 'integer', (column) => column.primaryKey())
    .addColumn('environment', 'text', (column) => column.notNull())
    .addColumn('webhook_id', 'bigint')
    .addColumn('origin', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('title', 'text')
    .addColumn('url', 'text')
    .addColumn('activities', 'text')
    .addColumn('header_names', 'text')
    .addColumn('registered_at', 'bigint', (column) => column.notNull())
    .addColumn('deleted_at', 'bigint')
    .execute();
  await sql`create unique index webhook_registrations_by_id on webhook_registrations (environment, webhook_id) where webhook_id is not null`.execute(
    db,
  );
}

/** Append-only: triggers reject every update and delete. */
async function addAudit(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('audit')
    .addColumn('key', 'integer', (column) => column.primaryKey())
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('act', 'text', (column) => column.notNull())
    .addColumn('environment', 'text')
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('detail', 'text', (column) => column.notNull())
    .execute();
  if (db.getExecutor().adapter instanceof SqliteAdapter)
    for (const act of ['update', 'delete'])
      await sql`create trigger ${sql.ref(`audit_no_${act}`)} before ${sql.raw(act)} on audit
        begin select raise(abort, 'the audit is append-only'); end`.execute(db);
}
