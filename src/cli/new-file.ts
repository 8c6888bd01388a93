import { closeSync, existsSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { UsageError } from './usage-error.ts';

export interface NewFile {
  /** Where it is written, beside its name: what is there under its name is complete. */
  part: string;
  /** Gives it its name. */
  publish(): void;
  discard(): void;
}

/**
 * Makes an empty `FILE.part` that nobody else can read. Throws UsageError when FILE is there, or somebody is writing it,
 * unless `force` says that both may go; and always when FILE is `database`.
 */
export function newFile(file: string, force: boolean, database: string): NewFile {
  const part = `${file}.part`;
  if ([database, `${database}-wal`, `${database}-shm`].some((each) => isSameFile(file, each)))
    throw new UsageError(`${file} is the database itself; name another file`);
  if (!force && existsSync(file)) throw new UsageError(`${file} is there already; --force replaces it`);
  if (force) rmSync(part, { force: true });
  try {
    closeSync(openSync(part, 'wx', 0o600));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
      throw new UsageError(
        `${part} is being written, or was left by a run that was cut off; --force replaces it`,
      );
    throw new UsageError(`${file} cannot be written: ${error instanceof Error ? error.message : error}`);
  }
  return {
    part,
    publish: () => renameSync(part, file),
    discard() {
      for (const ending of ['', '-wal', '-shm', '-journal']) rmSync(part + ending, { force: true });
    },
  };
}

function isSameFile(left: string, right: string): boolean {
  const [a, b] = [left, right].map((file) => statSync(file, { throwIfNoEntry: false }));
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
}
