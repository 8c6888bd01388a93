import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, type TestContext } from 'vitest';

/** A file system of 3 MB. */
export function smallDisk(ctx: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'envcheck-disk-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    ctx.skip('a small file system cannot be mounted here');
  }
  onTestFinished(() => void execFileSync('umount', ['-l', folder]));
  return folder;
}

/** Writes until nothing more fits. */
export function fillUp(file: string): void {
  for (;;)
    try {
      writeFileSync(file, Buffer.alloc(4_096), { flag: 'a' });
    } catch {
      return;
    }
}
