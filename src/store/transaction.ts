import { type Kysely, sql } from 'kysely';
import type { Database } from './database.ts';
import type { Tables } from './schema.ts';

declare const hasWriteLock: unique symbol;

/** A connection with a running transaction, which has the write lock. Its writes happen together or not at all. */
export type Transaction = Database & { readonly [hasWriteLock]: true };

/**
 * Takes the write lock before the first read; Kysely's own transaction does not. So the rows read cannot change before
 * they are acted on, and no commit fails because of another writer.
 */
export const inTransaction = <T>(db: Database, work: (transaction: Transaction) => Promise<T>): Promise<T> =>
  within(db, 'immediate', (connection) => work(connection as Transaction));

/** Reads the database as it is at the first read, whatever others write meanwhile. */
export const inSnapshot = <T>(db: Database, read: (snapshot: Database) => Promise<T>): Promise<T> =>
  within(db, 'deferred', read);

const within = <T>(
  db: Database,
  kind: 'immediate' | 'deferred',
  work: (connection: Database) => Promise<T>,
): Promise<T> =>
  (db as Kysely<Tables>).connection().execute(async (connection) => {
    await sql`begin ${sql.raw(kind)}`.execute(connection);
    try {
      const result = await work(connection);
      await sql`commit`.execute(connection);
      return result;
    } catch (error) {
      // SQLite ends the transaction itself on some errors, a full disk among them; the first error is the one that counts.
      await sql`rollback`.execute(connection).catch(() => {});
      throw error;
    }
  });
