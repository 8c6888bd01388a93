import { type DestinationStream, type Logger, pino } from 'pino';
import type { LogLevel } from './config.ts';
import { type Secret, withoutSecrets } from './secret.ts';

/**
 * Creates the logger, the one place that keeps secrets out of the log. A `Secret` prints itself masked; a secret that
 * reaches a line in another way, such as in an error message of a library, is masked here before the line is written.
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
