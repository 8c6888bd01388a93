import pRetry from 'p-retry';
import type { Logger } from 'pino';
import type { SlackSettings } from '../config/config.ts';
import { refusesForGood, startFailure } from './slack-errors.ts';

const LONGEST_DELAY_MS = 30_000;

export interface Attempts {
  /**
   * Makes a call to Slack until it succeeds, at intervals that grow up to 30 s. Rejects when Slack refuses the token at the first
   * answer: then it is wrong. A token that is refused later may have been renewed, so the calls go on.
   */
  until<Result>(token: 'SLACK_BOT_TOKEN' | 'SLACK_APP_TOKEN', call: () => Promise<Result>): Promise<Result>;
  /** Resolves when Slack did not answer an attempt. */
  unanswered: Promise<void>;
  /** The reason of the last failed attempt; null after one that succeeded. */
  problem(): string | null;
}

export function createAttempts({
  settings,
  logger,
  retryDelayMs,
  signal,
}: {
  settings: SlackSettings;
  logger: Logger;
  /** Delay before the second attempt. */
  retryDelayMs: number;
  signal: AbortSignal;
}): Attempts {
  const { promise: unanswered, resolve: leave } = Promise.withResolvers<void>();
  let problem: string | null = 'not asked yet';
  const mayBeWrong = new Set(['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN']);
  return {
    unanswered,
    problem: () => problem,
    async until(token, call) {
      const result = await pRetry(call, {
        retries: Number.POSITIVE_INFINITY,
        minTimeout: retryDelayMs,
        maxTimeout: LONGEST_DELAY_MS,
        randomize: true,
        signal,
        shouldRetry: ({ error }) => !(mayBeWrong.has(token) && refusesForGood(error)),
        onFailedAttempt: ({ error }) => {
          const { message } = startFailure(token, settings, error);
          if (message !== problem) logger.warn(`${message}; trying again`);
          problem = message;
          if (refusesForGood(error)) return;
          mayBeWrong.clear();
          leave();
        },
      }).catch((error) => Promise.reject(signal.aborted ? error : startFailure(token, settings, error)));
      mayBeWrong.delete(token);
      problem = null;
      return result;
    },
  };
}
