import { type Kysely, sql } from 'kysely';

/** Report schedules and runs, the outbox to Slack, and subscriptions. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await addSchedule(db);
  await addOutbox(db);
  await addSubscriptions(db);
}

/** The primary key of a run makes a report happen once, whatever the number of processes and restarts. */
async function addSchedule(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('report_schedules')
    .addColumn('report', 'text', (column) => column.primaryKey())
    .addColumn('definition', 'text', (column) => column.notNull())
    .addColumn('seen_until', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('report_runs')
    .addColumn('report', 'text', (column) => column.notNull())
    .addColumn('fired_for', 'bigint', (column) => column.notNull())
    .addColumn('late', 'integer', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('attempts', 'integer', (column) => column.notNull())
    .addColumn('owner', 'text')
    .addColumn('free_at', 'bigint', (column) => column.notNull())
    .addColumn('began_at', 'bigint')
    .addColumn('ended_at', 'bigint')
    .addColumn('error', 'text')
    .addPrimaryKeyConstraint('report_runs_once', ['report', 'fired_for'])
    .execute();
  await sql`create index report_runs_open on report_runs (free_at) where state = 'open'`.execute(db);
}

/** `seq` is the order in which a channel's messages are sent. */
async function addOutbox(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('outbox')
    .addColumn('seq', 'integer', (column) => column.primaryKey())
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('key', 'text', (column) => column.notNull().unique())
    .addColumn('channel', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('message', 'bytea' as 'blob', (column) => column.notNull())
    .addColumn('parent', 'text')
    .addColumn('target', 'text')
    .addColumn('broadcast', 'integer', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('attempts', 'integer', (column) => column.notNull())
    .addColumn('attempted_at', 'bigint')
    .addColumn('in_doubt_since', 'bigint')
    .addColumn('due_at', 'bigint', (column) => column.notNull())
    .addColumn('owner', 'text')
    .addColumn('error', 'text')
    .addColumn('sent_at', 'bigint')
    .addColumn('sent_channel', 'text')
    .addColumn('sent_ts', 'text')
    .addColumn('picture', 'bytea' as 'blob')
    .addColumn('picture_name', 'text')
    .addColumn('picture_alt', 'text')
    .addColumn('picture_state', 'text')
    .addColumn('picture_file', 'text')
    .execute();
  await sql`create index outbox_waiting on outbox (channel, seq) where state = 'waiting'`.execute(db);
  await sql`create index outbox_given_up on outbox (seq) where state = 'given_up'`.execute(db);
  await db.schema
    .createTable('outbox_pauses')
    .addColumn('channel', 'text', (column) => column.primaryKey())
    .addColumn('until', 'bigint', (column) => column.notNull())
    .addColumn('reason', 'text')
    .execute();
}

async function addSubscriptions(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('subscriptions')
    .addColumn('key', 'integer', (column) => column.primaryKey())
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('channel', 'text', (column) => column.notNull())
    .addColumn('environment', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('days', 'text')
    .addColumn('time', 'text')
    .addColumn('timezone', 'text')
    .addColumn('slot', 'text', (column) => column.notNull())
    .addColumn('created_by', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('ended_at', 'bigint')
    .execute();
  await sql`create unique index subscriptions_once on subscriptions (channel, environment, slot) where ended_at is null`.execute(
    db,
  );
}
