import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { StoreError } from './store-error.ts';

/** How long a statement waits for another process to finish writing. */
const BUSY_TIMEOUT_MS = 5_000;

/**
 * The promises of the log rest on these: a commit is on disk when it returns (synchronous FULL = 2), readers do not block
 * the writer (WAL), rows keep the rows they refer to, and free pages can be returned bit by bit (auto_vacuum 2).
 */
const pragmas: [name: string, set: string, expected: unknown][] = [
  ['auto_vacuum', 'incremental', 2],
  ['busy_timeout', String(BUSY_TIMEOUT_MS), BUSY_TIMEOUT_MS],
  ['journal_mode', 'wal', 'wal'],
  ['synchronous', 'full', 2],
  ['foreign_keys', 'on', 1],
];

/**
 * Opens an SQLite file without the query builder, and creates it and its folder if they are missing. Throws StoreError.
 * The thread that writes the log loads this file: loading the query builder there costs about 270 ms of processor time.
 */
export function openSqlite(file: string): BetterSqlite3.Database {
  try {
    mkdirSync(dirname(file), { recursive: true });
    const sqlite = new BetterSqlite3(file);
    try {
      for (const [name, set] of pragmas) sqlite.pragma(`${name} = ${set}`);
      for (const [name, , expected] of pragmas) {
        const actual = sqlite.pragma(name, { simple: true });
        if (actual !== expected) throw new StoreError(`SQLite did not take ${name}: it is ${actual}`);
      }
    } catch (error) {
      sqlite.close();
      throw error;
    }
    return sqlite;
  } catch (error) {
    if (error instanceof StoreError) throw new StoreError(`cannot use ${file}: ${error.message}`, error);
    throw new StoreError(`cannot open the database ${file}: ${explain(error)}`, error);
  }
}

const reasons: Record<string, string> = {
  SQLITE_NOTADB: 'it is not an SQLite database; name another file under `database`',
  SQLITE_CANTOPEN: 'the file cannot be created or opened; check that the folder exists and can be written',
  SQLITE_READONLY: 'it is read-only; let the user that runs Envcheck write to it and its folder',
  SQLITE_BUSY: 'another process holds it locked; stop that one, or try again',
  SQLITE_CORRUPT: 'it is damaged; restore a backup',
  EACCES: 'its folder cannot be written by the user that runs Envcheck',
  ENOTDIR: 'a part of its path is a file',
  EEXIST: 'a part of its path is a file',
  EROFS: 'the file system is read-only',
};

function explain(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return (
    reasons[code] ??
    reasons[code.replace(/_[A-Z]+$/, '')] ??
    `${error instanceof Error ? error.message : error}`
  );
}
