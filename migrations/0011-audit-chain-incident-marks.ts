import { type Kysely, SqliteAdapter, sql } from 'kysely';
import { CHAIN_START, entryHash, type LoggedAct } from '../src/store/audit-chain.ts';

/** The audit becomes a chain of hashes, and incident marks keep what they name. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const sqlite = db.getExecutor().adapter instanceof SqliteAdapter;
  await addChain(db, sqlite);
  await addIncidentMarks(db);
  // `insert or replace` deletes a row without its delete trigger, unless the connection asks for that.
  if (sqlite) await refuseReplacing(db, 'failure_acknowledgements', 'acknowledgements are append-only');
}

async function addChain(db: Kysely<unknown>, sqlite: boolean): Promise<void> {
  if (sqlite) await sql`drop trigger audit_no_update`.execute(db);
  await db.schema.alterTable('audit').addColumn('previous', 'text').execute();
  // The newest hash and the number of entries tell a changed or removed end of the chain.
  await db.schema
    .createTable('audit_head')
    .addColumn('key', 'integer', (column) => column.primaryKey().check(sql`key = 1`))
    .addColumn('hash', 'text', (column) => column.notNull())
    .addColumn('entries', 'integer', (column) => column.notNull())
    .execute();
  let head = CHAIN_START;
  const { rows } = await sql<LoggedAct>`select * from audit order by key`.execute(db);
  for (const row of rows) {
    await sql`update audit set previous = ${head} where key = ${row.key}`.execute(db);
    head = entryHash({ ...row, previous: head });
  }
  await sql`insert into audit_head (key, hash, entries) values (1, ${head}, ${rows.length})`.execute(db);
  // Two entries after the same one would fork the chain.
  await db.schema.createIndex('audit_by_previous').unique().on('audit').column('previous').execute();
  if (!sqlite) return;
  await sql`create trigger audit_no_update before update on audit
    begin select raise(abort, 'the audit is append-only'); end`.execute(db);
  await sql`create trigger audit_chained before insert on audit when new.previous is null
    begin select raise(abort, 'an entry of the audit carries the hash of the one before'); end`.execute(db);
  await refuseReplacing(db, 'audit', 'the audit is append-only', ' or previous = new.previous');
}

/** Refuses an insert that would replace a row, whatever its conflict clause. */
const refuseReplacing = (db: Kysely<unknown>, table: string, message: string, or = ''): Promise<unknown> =>
  sql`create trigger ${sql.ref(`${table}_no_replace`)} before insert on ${sql.table(table)}
    when exists (select 1 from ${sql.table(table)} where key = new.key or id = new.id${sql.raw(or)})
    begin select raise(abort, ${sql.lit(message)}); end`.execute(db);

async function addIncidentMarks(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('incident_marks')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('query', 'text', (column) => column.notNull())
    .addColumn('environment', 'text')
    .addColumn('names', 'text', (column) => column.notNull())
    .addColumn('reason', 'text', (column) => column.notNull())
    .addColumn('marked_by', 'text', (column) => column.notNull())
    .addColumn('marked_at', 'bigint', (column) => column.notNull())
    .addColumn('until', 'bigint', (column) => column.notNull())
    .execute();
}
