import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CommandContext } from './context.ts';
import { UsageError } from './usage-error.ts';

/** The bytes of a file argument; `-` is standard input. Throws UsageError. */
export async function readInput({ cwd, stdin }: CommandContext, file: string): Promise<Buffer> {
  try {
    return file === '-' ? Buffer.concat(await stdin().toArray()) : readFileSync(resolve(cwd, file));
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}
