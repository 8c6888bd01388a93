import { type DestinationStream, type Logger, pino } from 'pino';
import type { LogLevel } from './config.ts';
import { type Secret, withoutSecrets } from './secret.ts';

/**
 * The one place that keeps secrets out of the log: a `Secret` prints itself masked, and whatever else reaches a line, say
 * in the message of somebody's error, is replaced here before the line is written.
 */
export function createLogger(
  level: LogLevel,
  secrets: readonly Secret[],
  destination: DestinationStream,
): Logger {
  const scrubbing: DestinationStream = {
    write: (line) => destination.write(withoutSecrets(line, secrets)),
  };
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, scrubbing);
}
