import { closeSync, existsSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from './usage-error.ts';

export interface NewFile {
  /** Path to write to, beside the file itself: a file under its own name is always complete. */
  part: string;
  /** Renames the part to the file. */
  publish(): void;
  discard(): void;
}

/**
 * Creates an empty `FILE.part` that nobody else can read. Throws UsageError when FILE exists or is being written, unless
 * `force` allows replacing it, and always when FILE is the database. `file` is relative to `cwd`.
 */
export function newFile(
  file: string,
  { cwd, force, database }: { cwd: string; force: boolean; database: string | null },
): NewFile {
  const path = resolve(cwd, file);
  const part = `${path}.part`;
  if (database !== null && ['', '-wal', '-shm'].some((ending) => isSameFile(path, database + ending)))
    throw new UsageError(`${file} is the database itself; name another file`);
  if (!force && existsSync(path)) throw new UsageError(`${file} exists; --force replaces it`);
  if (force) rmSync(part, { force: true });
  try {
    closeSync(openSync(part, 'wx', 0o600));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
      throw new UsageError(
        `${file}.part exists: another run is writing it, or one was interrupted; --force replaces it`,
      );
    throw new UsageError(`${file} cannot be written: ${error instanceof Error ? error.message : error}`);
  }
  return {
    part,
    publish: () => renameSync(part, path),
    discard() {
      for (const ending of ['', '-wal', '-shm', '-journal']) rmSync(part + ending, { force: true });
    },
  };
}

function isSameFile(left: string, right: string): boolean {
  const [a, b] = [left, right].map((file) => statSync(file, { throwIfNoEntry: false }));
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
}
