import { closeSync, openSync, readSync, realpathSync, statSync } from 'node:fs';

/** The files of an open database, with the identity (device and inode) that each had when it was opened. */
export interface OpenedFiles {
  database: Identified;
  /** The write-ahead log, and its index. */
  log: Identified[];
}

interface Identified {
  path: string;
  identity: string | null;
}

/** Why an open database is no longer what stands at its path. */
export interface LostFile {
  /** `gone`: nothing stands there. `replaced`: another file. `log`: the database itself is in place, its write-ahead log is not. */
  kind: 'gone' | 'replaced' | 'log';
  text: string;
}

/** Call it after a read: the first one opens the write-ahead log. */
export function openedFiles(file: string): OpenedFiles {
  const real = realpathSync(file);
  return { database: identified(file), log: [identified(`${real}-wal`), identified(`${real}-shm`)] };
}

const identified = (path: string): Identified => ({ path, identity: identityOf(path) });

/** null when there is no file, or none that can be looked at. */
function identityOf(path: string): string | null {
  try {
    const found = statSync(path, { bigint: true, throwIfNoEntry: false });
    return found ? `${found.dev}:${found.ino}` : null;
  } catch {
    return null;
  }
}

/**
 * null while each path still leads to the file that is open. SQLite goes on writing to a file without a name and does not
 * notice. While a connection is open, SQLite itself never replaces any of the three.
 */
export function lostFile({ database, log }: OpenedFiles): LostFile | null {
  const now = identityOf(database.path);
  if (now === null)
    return {
      kind: 'gone',
      text: `the database ${database.path} was removed or moved away while it was open. Move it back, or put a backup there`,
    };
  if (now !== database.identity)
    return {
      kind: 'replaced',
      text: `another file stands at ${database.path} than the database that is open`,
    };
  const other = log.find(({ path, identity }) => identityOf(path) !== identity);
  return other
    ? {
        kind: 'log',
        text: `${other.path} was removed, moved away or replaced while the database was open`,
      }
    : null;
}

/** True when the path leads to this file, and not to another one of the same name. */
export const isSameFile = ({ path, identity }: Identified): boolean =>
  identity !== null && identityOf(path) === identity;

/** True when the file has all pages that its header counts: a copy that is still being written has fewer. */
export function isComplete(file: string): boolean {
  if (identityOf(file) === null) return false;
  const header = Buffer.alloc(100);
  const opened = openSync(file, 'r');
  try {
    if (readSync(opened, header, 0, header.length, 0) < header.length) return false;
  } finally {
    closeSync(opened);
  }
  const pageSize = header.readUInt16BE(16);
  return statSync(file).size >= (pageSize === 1 ? 65_536 : pageSize) * header.readUInt32BE(28);
}
