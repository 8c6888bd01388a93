import { existsSync } from 'node:fs';
import { UsageError } from './usage-error.ts';

/**
 * Loads a part of the sandbox, which only a clone of the repository with all its packages contains: the Docker image has
 * the bot alone. Throws UsageError where the sandbox or a package that it needs is missing.
 */
export async function loadSandbox<T>(command: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new UsageError(
      `the sandbox is not part of this installation, and \`${command}\` needs it: clone the repository and run npm ci && npm run ${command} there`,
      { cause: error },
    );
  }
}

/** A missing file inside a sandbox that is there is a mistake in it, and Node names that file in `url`. */
const isMissing = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  error.code === 'ERR_MODULE_NOT_FOUND' &&
  (!('url' in error) || !existsSync(new URL('../../sandbox/', import.meta.url)));
