import type { FastifyBaseLogger } from 'fastify';
import type { Clock } from '../time/clock.ts';
import { createMinuteCounts } from '../time/minute-counts.ts';

/** Failures of a kind that are logged in a minute. */
const LOGGED = 10;

export type FailureLog = (
  logger: Pick<FastifyBaseLogger, 'error'>,
  error: Error,
  where: { environment: string; requestId: string; kind?: string },
  message: string,
) => void;

/**
 * Logs the first failures of each kind and minute, with the number of those that were not logged before: a line for every
 * request would fill the disk whose being full is the failure.
 */
export function createFailureLog(clock: Pick<Clock, 'now'>): FailureLog {
  const counted = createMinuteCounts(clock);
  return (logger, error, where, message) => {
    const { count, notLogged } = counted(`${message} ${where.environment} ${error.message}`);
    if (count > LOGGED) return;
    const unseen = count === 1 ? Math.max(0, notLogged + 1 - LOGGED) : 0;
    logger.error({ err: error, ...(unseen > 0 ? { notLogged: unseen } : {}), ...where }, message);
  };
}
