import type { LoggerOptions } from 'pino';
import { databaseFailureText } from '../../store/sqlite.ts';
import type { Clock } from '../../time/clock.ts';
import { createMinuteCounts } from '../../time/minute-counts.ts';
import { NotRecordedError } from './recorder.ts';

type LogMethod = NonNullable<NonNullable<LoggerOptions['hooks']>['logMethod']>;

/**
 * Writes at most one line a minute of each kind, without a stack, about a database that does not work, with the number of those before that were
 * not written: a line for every request would fill the disk whose being full is the failure. A line with a token that a
 * person was given is always written; `logUnexpected` counts those.
 */
export function limitStorageFailures(clock: Pick<Clock, 'now'>): LogMethod {
  const counted = createMinuteCounts(clock);
  return function (args, method) {
    const [line, message] = args as unknown[];
    if (!isStorageFailure(line)) return method.apply(this, args);
    const { err } = line;
    const { count, notLogged } = counted(`${message} ${err.message}`);
    if (count > 1) return;
    // The stack of an error that is no bug helps nobody.
    const reason = { type: err.name, code: err.code, message: databaseFailureText(err) ?? err.message };
    const counting = notLogged > 0 ? { notLogged } : {};
    method.apply(this, [{ ...line, err: reason, ...counting }, message] as unknown as typeof args);
  };
}

function isStorageFailure(line: unknown): line is { err: Error & { code?: string } } {
  if (typeof line !== 'object' || line === null || !('err' in line) || 'token' in line) return false;
  return line.err instanceof NotRecordedError || databaseFailureText(line.err) !== null;
}
