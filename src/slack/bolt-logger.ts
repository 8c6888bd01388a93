import { type Logger as BoltLogger, LogLevel } from '@slack/web-api';
import type { Logger } from 'pino';

/** Adapts our logger to Bolt and its clients. Their `info` lines become `debug`: nobody on call needs them. */
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

/** Silent logger for a client whose caller reports errors. */
export const silentLogger: BoltLogger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  setLevel: nothing,
  getLevel: () => LogLevel.ERROR,
  setName: nothing,
};
