import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import { databaseFailureText } from '../store/sqlite.ts';

/** Logs an error and returns its token, `err_…`, which links the message to the person with the log line. */
export function logUnexpected(logger: Logger, error: unknown, where: Record<string, unknown>): string {
  const token = `err_${randomBytes(5).toString('hex')}`;
  logger.error({ err: error, token, ...where }, 'unexpected error');
  return token;
}

/** Logs why a request failed, and returns what its person reads: the reason of a database that does not work, else a token. */
export function failureText(
  logger: Logger,
  error: unknown,
  what: string,
  where: Record<string, unknown>,
): string {
  const token = logUnexpected(logger, error, where);
  const reason = databaseFailureText(error);
  return reason === null
    ? `${what} failed unexpectedly. Try again; if it stays, look for \`${token}\` in the log of Envcheck.`
    : `${what} failed: ${reason}. Then try again.`;
}
