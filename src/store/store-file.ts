import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import type BetterSqlite3 from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import {
  isComplete,
  isSameFile,
  type LostFile,
  lostFile,
  type OpenedFiles,
  openedFiles,
} from './opened-files.ts';
import type { Tables } from './schema.ts';
import { type Opening, openSqlite } from './sqlite.ts';
import { StoreError } from './store-error.ts';

/** An open database that knows whether it is still the one at its path. */
export interface StoreFile {
  db: Kysely<Tables>;
  /** Why it is not; null while it is. Statements that write are refused meanwhile. */
  lost(): LostFile | null;
  /**
   * Opens what stands at the path now, in place of the file that was lost. Throws StoreError with the reason why it stays lost.
   */
  reopen(steps: ReopenSteps): Promise<void>;
}

export interface ReopenSteps {
  /** Closes the other connections of this process, so that none of them goes on with the old write-ahead log. */
  closeOthers(): Promise<void>;
  /** Throws for a database that must not be used. It only reads. */
  accept(): Promise<void>;
  /** Brings an accepted database up to date. */
  migrate(): Promise<unknown>;
}

export function openStore(file: string, opening: Opening): StoreFile {
  let sqlite = openSqlite(file, opening);
  let opened = openedFiles(file);
  /** Why the last attempt to open it again failed. */
  let closed: LostFile | null = null;
  const lost = () => closed ?? lostFile(opened);
  let prepared = preparedStatements(sqlite);
  const db = new Kysely<Tables>({
    dialect: new SqliteDialect({
      database: {
        prepare(sql) {
          const statement = prepared(sql);
          if (!statement.readonly || /^commit/i.test(sql)) refuse(lost());
          return statement;
        },
        close: () => sqlite.close(),
      },
    }),
  });
  return {
    db,
    lost,
    async reopen({ closeOthers, accept, migrate }) {
      const why = lost();
      if (why === null) return;
      refuse(obstacle(why, opened));
      try {
        // No statement of this connection runs meanwhile.
        await db.connection().execute(async () => {
          await closeOthers();
          leave(sqlite, why, opened);
          sqlite = openSqlite(file, 'existing');
          prepared = preparedStatements(sqlite);
          opened = openedFiles(file);
        });
        await accept();
        closed = null;
        await migrate();
      } catch (error) {
        // A database that must not be used is not written to.
        closed = { kind: why.kind, text: error instanceof Error ? error.message : String(error) };
        throw error;
      }
    },
  };
}

/** Number of statements that are kept. Texts with lists of values differ with the number of these. */
const MAX_PREPARED = 500;

/**
 * Prepares each text once: the query builder asks for a statement each time, and preparing takes as long as a small query.
 * It runs one statement of a connection at a time, so that none is used twice at once.
 */
function preparedStatements(sqlite: BetterSqlite3.Database): (sql: string) => BetterSqlite3.Statement {
  const kept = new Map<string, BetterSqlite3.Statement>();
  return (sql) => {
    const known = kept.get(sql);
    if (known && !known.busy) return known;
    const statement = sqlite.prepare(sql);
    // A change of tables may change the columns of what was prepared before.
    if (/^\s*(?:create|alter|drop)/i.test(sql)) kept.clear();
    else if (kept.size >= MAX_PREPARED) kept.delete(kept.keys().next().value ?? '');
    kept.set(sql, statement);
    return statement;
  };
}

function refuse(why: LostFile | null): void {
  if (why !== null) throw new StoreError(why.text);
}

/** Why what stands at the path cannot be opened yet; null when it can. */
function obstacle(why: LostFile, { database, log: [log] }: OpenedFiles): LostFile | null {
  if (why.kind === 'gone') return why;
  if (why.kind === 'replaced')
    return isComplete(database.path)
      ? null
      : { ...why, text: `${database.path} is not a complete database yet` };
  if (!log || isSameFile(log) || sizeOf(log.path) === 0) return null;
  const text = `${why.text}, and another process has written to the new one. Stop that process, then Envcheck, and compare the database with a backup`;
  return { ...why, text };
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

/** Closes the old connection, after what only its write-ahead log holds was written to its file, wherever that is now. */
function leave(sqlite: BetterSqlite3.Database, why: LostFile, { log }: OpenedFiles): void {
  if (!sqlite.open) return;
  const [result] = sqlite.pragma('wal_checkpoint(passive)') as { log: number; checkpointed: number }[];
  if (why.kind === 'log' && result?.log !== result?.checkpointed)
    throw new StoreError(`${why.text}, and another process still reads what it held. Stop that process`);
  // SQLite leaves the files at the path alone when the database is not the one there.
  sqlite.close();
  // Otherwise it would be applied to the new database.
  if (why.kind === 'replaced') for (const each of log) if (isSameFile(each)) setAside(each.path);
}

/** A copy of the old file may need what its write-ahead log holds, so it is kept. */
function setAside(path: string): void {
  if (path.endsWith('-shm') || sizeOf(path) === 0) {
    rmSync(path, { force: true });
    return;
  }
  const aside = (n: number): string => `${path}.old${n === 0 ? '' : `-${n}`}`;
  let n = 0;
  while (existsSync(aside(n))) n += 1;
  renameSync(path, aside(n));
}
