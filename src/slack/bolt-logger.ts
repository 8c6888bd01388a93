import { type Logger as BoltLogger, LogLevel } from '@slack/web-api';
import type { Logger } from 'pino';
import { systemClock } from '../time/clock.ts';
import { createMinuteCounts } from '../time/minute-counts.ts';

/**
 * Adapts our logger to Bolt and its clients. Their `info` lines become `debug`: nobody on call needs them. Warnings and errors
 * of one text are logged once a minute.
 */
export function boltLogger(logger: Logger): BoltLogger {
  const counted = createMinuteCounts(systemClock);
  const write =
    (level: 'debug' | 'warn' | 'error') =>
    (...parts: unknown[]) => {
      const text = parts.map((part) => (part instanceof Error ? part.message : String(part))).join(' ');
      if (level === 'debug') return logger.debug({ from: 'bolt' }, text);
      const { count, notLogged } = counted(text.slice(0, 100));
      if (count === 1) logger[level]({ from: 'bolt', ...(notLogged > 0 ? { notLogged } : {}) }, text);
    };
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
