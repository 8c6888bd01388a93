import { type Kysely, sql } from 'kysely';
import type { Database } from './database.ts';
import type { Tables } from './schema.ts';

/** A connection with a running transaction. Its writes happen together or not at all. */
export type Transaction = Kysely<Tables>;

/**
 * Takes the write lock before the first read; Kysely's own transaction does not. So the rows read cannot change before
 * they are acted on, and no commit fails because of another writer.
 */
export const inTransaction = <T>(db: Database, work: (transaction: Transaction) => Promise<T>): Promise<T> =>
  db.connection().execute(async (connection) => {
    await sql`begin immediate`.execute(connection);
    try {
      const result = await work(connection);
      await sql`commit`.execute(connection);
      return result;
    } catch (error) {
      await sql`rollback`.execute(connection);
      throw error;
    }
  });
