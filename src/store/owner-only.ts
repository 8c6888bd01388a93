import { chmodSync, closeSync, fchmodSync, openSync, realpathSync, statSync } from 'node:fs';

const OWNER_ONLY = 0o600;
/** Permissions of group and others. */
const OTHERS = 0o077;

/** Endings of the database's files. SQLite creates the last two with the permissions of the first. */
export const DATABASE_FILES = ['', '-wal', '-shm'] as const;

/** Creates the file for its owner alone, whatever the umask, unless it exists or cannot be created: SQLite says why. */
export function createForOwner(file: string): void {
  try {
    const created = openSync(file, 'wx', OWNER_ONLY);
    fchmodSync(created, OWNER_ONLY);
    closeSync(created);
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
}

/** Takes the permissions of group and others from the database's files, where this user may. `readableByOthers` tells the rest. */
export function keepToOwner(file: string): void {
  for (const path of readableByOthers(file))
    try {
      chmodSync(path, OWNER_ONLY);
    } catch (error) {
      // Another user's file, or a read-only file system: `doctor` shows it.
      if (!isSystemError(error)) throw error;
    }
}

const isSystemError = (error: unknown): boolean => error instanceof Error && 'code' in error;

/** The database's files that somebody other than their owner can read or write. */
export function readableByOthers(file: string): string[] {
  return existingFiles(file).filter((path) => (statSync(path).mode & OTHERS) !== 0);
}

/** SQLite puts the write-ahead log beside the file that a symbolic link leads to. */
function existingFiles(file: string): string[] {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return [];
  const real = realpathSync(file);
  return DATABASE_FILES.map((ending) => real + ending).filter(
    (path) => statSync(path, { throwIfNoEntry: false }) !== undefined,
  );
}
