import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';

/** Logs an error and returns its token, `err_…`, which links the message to the person with the log line. */
export function logUnexpected(logger: Logger, error: unknown, where: Record<string, unknown>): string {
  const token = `err_${randomBytes(5).toString('hex')}`;
  logger.error({ err: error, token, ...where }, 'unexpected error');
  return token;
}

export const unexpectedText = (what: string, token: string): string =>
  `${what} failed unexpectedly. Try again; if it stays, look for \`${token}\` in the log of Envcheck.`;
