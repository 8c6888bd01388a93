import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { createForOwner, keepToOwner } from './owner-only.ts';
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

/** `create`: a missing file is created, with its folder. `existing`: it is refused. */
export type Opening = 'create' | 'existing';

/**
 * Opens an SQLite file without the query builder, so that its owner alone can read it. Throws StoreError. The thread that
 * writes the log loads this file: loading the query builder there costs about 270 ms of processor time.
 */
export function openSqlite(file: string, opening: Opening = 'create'): BetterSqlite3.Database {
  try {
    if (opening === 'existing' && !isDatabase(file)) throw new NoDatabaseError(file);
    if (opening === 'create') {
      mkdirSync(dirname(file), { recursive: true });
      createForOwner(file);
    }
    // The write-ahead log gets the permissions of the file.
    keepToOwner(file);
    try {
      return connect(file, opening, 'normal');
    } catch (error) {
      if (opening !== 'existing' || !NO_SHARED_MEMORY.test(codeOf(error))) throw error;
      return connect(file, opening, 'exclusive');
    }
  } catch (error) {
    if (error instanceof NoDatabaseError) throw error;
    if (error instanceof StoreError) throw new StoreError(`cannot use ${file}: ${error.message}`, error);
    throw new StoreError(`cannot open the database ${file}: ${explain(error)}`, error);
  }
}

/**
 * SQLite needs a file of 32 KiB beside the database (`-shm`) that a full disk has no room for. A connection that has the
 * database to itself needs none, so that the log can still be read. Where another process has it open, the file exists.
 */
const NO_SHARED_MEMORY = /^SQLITE_(?:IOERR_SHM|FULL|CANTOPEN)/;

function connect(file: string, opening: Opening, locking: 'normal' | 'exclusive'): BetterSqlite3.Database {
  const sqlite = new BetterSqlite3(file, { fileMustExist: opening === 'existing' });
  try {
    if (locking === 'exclusive') sqlite.pragma('locking_mode = exclusive');
    const current = (name: string): unknown => sqlite.pragma(name, { simple: true });
    for (const [name, set, expected] of pragmas) {
      // Setting it writes to the file even when the value is the same.
      const isSet = name === 'auto_vacuum' && current(name) === expected;
      if (!isSet) sqlite.pragma(`${name} = ${set}`);
    }
    for (const [name, , expected] of pragmas) {
      const actual = current(name);
      if (actual !== expected) throw new StoreError(`SQLite did not take ${name}: it is ${actual}`);
    }
    // The first read opens the write-ahead log.
    sqlite.prepare('select 1 from sqlite_master limit 1').get();
    return sqlite;
  } catch (error) {
    sqlite.close();
    throw error;
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

/** True when the file exists and holds something: a file of 0 bytes is no database. */
export const isDatabase = (file: string): boolean =>
  (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0;

/** There is no database where the config says, so that nothing can be read. */
export class NoDatabaseError extends StoreError {
  constructor(file: string) {
    super(
      `there is no database ${file}, so nothing is known. Start Envcheck to create it, or correct \`database\` in the config if it is elsewhere`,
    );
  }
}

const reasons: Record<string, string> = {
  SQLITE_NOTADB: 'it is not an SQLite database; name another file under `database`',
  SQLITE_CANTOPEN: 'the file cannot be created or opened; check that the folder exists and can be written',
  SQLITE_READONLY: 'it is read-only; let the user that runs Envcheck write to it and its folder',
  SQLITE_FULL: 'its disk is full; free some space',
  SQLITE_BUSY: 'another process holds it locked; stop that one, or try again',
  SQLITE_IOERR: 'its disk is full, read-only or broken; free some space, or let Envcheck write to it',
  SQLITE_CORRUPT: 'it is damaged; restore a backup',
  EACCES: 'its folder cannot be written by the user that runs Envcheck',
  ENOSPC: 'its disk is full; free some space',
  ENOTDIR: 'a part of its path is a file',
  EEXIST: 'a part of its path is a file',
  EROFS: 'the file system is read-only',
};

function knownReason(error: unknown): string | null {
  const code = codeOf(error);
  return reasons[code] ?? reasons[/^SQLITE_[A-Z]+/.exec(code)?.[0] ?? ''] ?? null;
}

const explain = (error: unknown): string =>
  knownReason(error) ?? `${error instanceof Error ? error.message : error}`;

/** Why the database did not do what it was asked, and what to do; null for an error that is not the database's state. */
export function databaseFailureText(error: unknown): string | null {
  if (error instanceof StoreError) return error.message;
  const reason = codeOf(error).startsWith('SQLITE_') ? knownReason(error) : null;
  return reason === null ? null : `the database does not work: ${reason}`;
}
