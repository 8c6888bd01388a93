import { type Kysely, sql } from 'kysely';
import type { Database } from './database.ts';
import type { Tables } from './schema.ts';

/** A connection on which a transaction runs. What is written through it is written together or not at all. */
export type Transaction = Kysely<Tables>;

/**
 * Takes the right to write before the first read, which Kysely's own transaction does not: what was read cannot have
 * changed when it is acted upon, whoever else writes, and no commit fails because somebody did.
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
