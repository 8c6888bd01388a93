import { WebClient, type WebClientOptions } from '@slack/web-api';
import type { Logger } from 'pino';
import type { SlackSettings } from '../config/config.ts';
import { boltLogger } from './bolt-logger.ts';

const CALL_TIMEOUT_MS = 15_000;
const PROGRESS_TIMEOUT_MS = 5_000;

const onceOnly = { retryConfig: { retries: 0 }, rejectRateLimitedCalls: true };

/** Retries; for what has to arrive. */
export const createRetryingClient = (settings: SlackSettings, logger: Logger): WebClient =>
  new WebClient(settings.botToken.reveal(), clientOptions(settings, logger));

/** Gives up at once; for what is stale a moment later. */
export const createProgressClient = (settings: SlackSettings, logger: Logger): WebClient =>
  new WebClient(settings.botToken.reveal(), {
    ...clientOptions(settings, logger),
    ...onceOnly,
    timeout: PROGRESS_TIMEOUT_MS,
  });

/** Tries once: when to try again is decided by what the outbox has written down. */
export const createOutboxClient = (settings: SlackSettings, logger: Logger): WebClient =>
  new WebClient(settings.botToken.reveal(), { ...clientOptions(settings, logger), ...onceOnly });

/** A new object for each client: the library writes the token into what it is given. */
export const clientOptions = (
  { apiUrl }: Pick<SlackSettings, 'apiUrl'>,
  logger: Logger,
): WebClientOptions => ({
  slackApiUrl: apiUrl,
  timeout: CALL_TIMEOUT_MS,
  // For response URLs too, which `timeout` does not reach.
  fetch: (url, init) => fetch(url, { ...init, signal: init?.signal ?? AbortSignal.timeout(CALL_TIMEOUT_MS) }),
  retryConfig: { retries: 5, factor: 2, minTimeout: 500, maxTimeout: 10_000, randomize: true },
  logger: boltLogger(logger),
});
