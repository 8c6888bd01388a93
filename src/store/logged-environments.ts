import { sql } from 'kysely';
import type { Database } from './database.ts';

const TABLES = ['events', 'deliveries', 'outcomes', 'api_calls'];

/** Names of all environments that have an event, a delivery, an outcome or a call. Each costs one step through an index. */
export async function loggedEnvironments(db: Database): Promise<string[]> {
  const parts = TABLES.map(
    (table) => sql`select name from (with recursive names (name) as (
      select min(environment) from ${sql.table(table)} union all
      select (select min(environment) from ${sql.table(table)} where environment > name) from names where name is not null)
      select name from names where name is not null) as ${sql.ref(`of_${table}`)}`,
  );
  const { rows } = await sql<{ name: string }>`${sql.join(parts, sql` union `)} order by name`.execute(db);
  return rows.map(({ name }) => name);
}
