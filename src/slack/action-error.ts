import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import { databaseFailureText } from '../store/sqlite.ts';
import { innermostMessage } from '../text/innermost-message.ts';
import { systemClock } from '../time/clock.ts';
import { createMinuteCounts, type MinuteCount } from '../time/minute-counts.ts';

/** Tokens that are remembered for a log. */
const MAX_TOKENS = 200;
/** The tokens of the newest errors, by kind. */
const logs = new WeakMap<Logger, { counted: (kind: string) => MinuteCount; tokens: Map<string, string> }>();

/**
 * Logs an error and returns its token, `err_…`, which links the message to the person with the log line. Errors of one kind
 * within a minute share a line and its token, with the number of those that were not logged in the minute before.
 */
export function logUnexpected(logger: Logger, error: unknown, where: Record<string, unknown>): string {
  const kind = `${innermostMessage(error).slice(0, 100)} ${JSON.stringify(where)}`;
  const log = logs.get(logger) ?? { counted: createMinuteCounts(systemClock), tokens: new Map() };
  logs.set(logger, log);
  const { tokens } = log;
  const { count, notLogged } = log.counted(kind);
  const known = tokens.get(kind);
  if (count > 1 && known !== undefined) return known;
  const token = `err_${randomBytes(5).toString('hex')}`;
  if (tokens.size >= MAX_TOKENS) tokens.clear();
  tokens.set(kind, token);
  logger.error({ err: error, token, ...(notLogged > 0 ? { notLogged } : {}), ...where }, 'unexpected error');
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
