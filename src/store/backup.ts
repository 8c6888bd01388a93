import { statSync } from 'node:fs';
import BetterSqlite3 from 'better-sqlite3';
import { migrations } from '../../migrations/index.ts';
import { openSqlite } from './sqlite.ts';
import { StoreError } from './store-error.ts';

export interface BackupProgress {
  /** Copied pages. */
  copied: number;
  /** Pages of the whole database. */
  total: number;
}

export interface Backup {
  bytes: number;
  /** Names of the migrations in the copy. */
  migrations: string[];
}

/** Pages per step. Other work runs between steps. */
const STEP_PAGES = 1_000;

/**
 * Copies the database `from` into the empty file `to` and checks the integrity of the copy. Writes may continue meanwhile;
 * the copy has the state at the start. Throws StoreError when there is no database or the copy is damaged.
 */
export async function backupDatabase(
  from: string,
  to: string,
  onProgress: (progress: BackupProgress) => void,
): Promise<Backup> {
  if (!statSync(from, { throwIfNoEntry: false })?.isFile())
    throw new StoreError(`there is no database ${from}; check \`database\` in the config`);
  const source = openSqlite(from);
  try {
    // The copy runs in one read transaction. Otherwise SQLite would restart it at every commit, and it would never end
    // under steady deliveries.
    source.exec('begin');
    source.prepare('select count(*) from sqlite_master').get();
    await source.backup(to, {
      progress({ totalPages, remainingPages }) {
        onProgress({ copied: totalPages - remainingPages, total: totalPages });
        return STEP_PAGES;
      },
    });
  } catch (error) {
    throw new StoreError(`the backup failed: ${error instanceof Error ? error.message : error}`, error);
  } finally {
    source.close();
  }
  const copy = new BetterSqlite3(to);
  try {
    // The copy is a single file without a write-ahead log, so it can be moved. The next start turns the log on again.
    copy.pragma('journal_mode = delete');
    const found = copy.pragma('integrity_check(1)', { simple: true });
    if (found !== 'ok') throw new StoreError(`the copy of ${from} is damaged: ${found}`);
    return { bytes: statSync(to).size, migrations: migrationsOf(copy) };
  } finally {
    copy.close();
  }
}

function migrationsOf(copy: BetterSqlite3.Database): string[] {
  const table = copy.prepare("select 1 from sqlite_master where name = 'migrations'").get();
  if (table === undefined) throw new StoreError('the copied file is not an Envcheck database');
  const known = new Set(migrations.map(({ name }) => name));
  const names = copy.prepare<[], string>('select name from migrations order by name').pluck().all();
  const newer = names.filter((name) => !known.has(name));
  if (newer.length > 0)
    throw new StoreError(`the database was written by a newer Envcheck (${newer.join(', ')}): use that one`);
  return names;
}
