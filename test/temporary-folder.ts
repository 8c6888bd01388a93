import { chmodSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MEMORY = '/dev/shm';
/** Space that the tests never need at once, bytes. */
const ENOUGH_BYTES = 4 * 1024 ** 3;

/**
 * Gives all tests of a run one temporary folder and removes it when they are done. It is in memory where the machine has
 * such a file system: no test cuts the power, and each commit to a test's database would otherwise wait for the disk.
 */
export default function setup(): () => void {
  const folder = mkdtempSync(join(hasSpace(MEMORY) ? MEMORY : tmpdir(), 'envcheck-tests-'));
  // Some tests act as another user.
  chmodSync(folder, 0o755);
  process.env.TMPDIR = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}

function hasSpace(path: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize > ENOUGH_BYTES;
  } catch {
    return false;
  }
}
