import { type Logger as BoltLogger, LogLevel } from '@slack/web-api';
import type { Logger } from 'pino';

/** Ours in the shape that Bolt and its clients take. What they tell at `info` is of interest to nobody on call. */
export function boltLogger(logger: Logger): BoltLogger {
  const write =
    (level: 'debug' | 'warn' | 'error') =>
    (...parts: unknown[]) =>
      logger[level](
        { from: 'bolt' },
        parts.map((part) => (part instanceof Error ? part.message : String(part))).join(' '),
      );
  return {
    debug: write('debug'),
    info: write('debug'),
    warn: write('warn'),
    error: write('error'),
    setLevel: () => {},
    getLevel: () => LogLevel.DEBUG,
    setName: () => {},
  };
}

const nothing = () => {};

/** For a client whose caller says itself what went wrong. */
export const silentLogger: BoltLogger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  setLevel: nothing,
  getLevel: () => LogLevel.ERROR,
  setName: nothing,
};
