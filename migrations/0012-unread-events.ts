import { type Kysely, sql } from 'kysely';

/**
 * Events whose payload could not be read, so that an id that is not found may be in one of them; and whose key a refused
 * delivery was signed with. A table of their own: events that could be read, nearly all, cost nothing more.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('unread_events')
    .addColumn('event_key', 'integer', (column) =>
      column.primaryKey().references('events.key').onDelete('cascade'),
    )
    .addColumn('environment', 'text', (column) => column.notNull())
    .addColumn('received_at', 'bigint', (column) => column.notNull())
    .addColumn('reason', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex('unread_events_by_time')
    .on('unread_events')
    .columns(['environment', 'received_at'])
    .execute();
  await db.schema.alterTable('deliveries').addColumn('signed_with', 'text').execute();
  await sql`drop index deliveries_refused_why`.execute(db);
  await sql`create index deliveries_refused_why on deliveries (environment, received_at, rejection, signed_with) where rejection is not null`.execute(
    db,
  );
  // Steps from environment to environment: rows of each without an activity are then found in the index.
  await sql`with recursive names(name) as (select min(environment) from events union all
      select (select min(environment) from events where environment > name) from names where name is not null)
    insert into unread_events (event_key, environment, received_at, reason)
    select key, environment, received_at, 'no_contract' from names join events on environment = name
    where activity is null and contract_id is null`.execute(db);
}
