import { type Kysely, SqliteAdapter, sql } from 'kysely';

/**
 * A refused delivery whose signature proves its sender keeps its activity and the ids in it, so that `find` knows it. `alike`
 * counts the further ones for which a row stands, up to `until`; it is null in verified and in older rows. Their ids have a
 * table of their own: those of events cost nothing more.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const [name, type] of [
    ['activity', 'text'],
    ['detail', 'text'],
    ['alike', 'integer'],
    ['until', 'bigint'],
  ] as const)
    await db.schema.alterTable('deliveries').addColumn(name, type).execute();
  // The key is the whole row, so `without rowid` stores it once. PostgreSQL has no such tables.
  const ending = db.getExecutor().adapter instanceof SqliteAdapter ? sql`without rowid` : sql``;
  await db.schema
    .createTable('refused_ids')
    .addColumn('value', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('delivery_key', 'integer', (column) =>
      column.notNull().references('deliveries.key').onDelete('cascade'),
    )
    .addPrimaryKeyConstraint('refused_ids_by_value', ['value', 'kind', 'delivery_key'])
    .modifyEnd(ending)
    .execute();
  await db.schema.createIndex('refused_ids_by_delivery').on('refused_ids').column('delivery_key').execute();
  await sql`drop index deliveries_refused_why`.execute(db);
  await sql`create index deliveries_refused_why on deliveries (environment, received_at, rejection, signed_with, alike, until)
    where rejection is not null`.execute(db);
}
