import { App } from '@slack/bolt';
import { WebClient, type WebClientOptions } from '@slack/web-api';
import type { Logger } from 'pino';
import type { SlackSettings } from '../config/config.ts';
import type { Courier } from '../digests/outbox/courier.ts';
import { createAccessControl } from './access.ts';
import { logUnexpected } from './action-error.ts';
import { boltLogger } from './bolt-logger.ts';
import { createClaims } from './claims.ts';
import { type Connection, createConnection } from './connection.ts';
import { createCourier } from './courier.ts';
import type { HomeFacts } from './home/facts.ts';
import { createHomes, type HomeIntervals } from './home/homes.ts';
import { registerListeners } from './listeners.ts';
import { createOutsiders } from './outsiders.ts';
import { startFailure } from './slack-errors.ts';
import { type CoreTools, createOpenAnswers, type OpenAnswers, type SlackTools } from './slack-tools.ts';

export interface SlackBot extends Pick<Connection, 'requestListener' | 'connected' | 'start' | 'stop'> {
  openAnswers: OpenAnswers;
  /** Sends the messages of the outbox. */
  courier: Courier;
  /** The bot's mention for an invitation: "@envcheck". */
  botName: string;
}

/** Time limits and delays towards Slack, ms. */
export interface SlackPace {
  callTimeoutMs: number;
  /** Time limit of a call whose content is soon stale: progress and App Homes. */
  progressTimeoutMs: number;
  /** Delay before the first retry of a call that must arrive. Each further delay is twice as long, up to 10 s. */
  retryDelayMs: number;
  home: HomeIntervals;
}

export const slackPace: SlackPace = {
  callTimeoutMs: 15_000,
  progressTimeoutMs: 5_000,
  retryDelayMs: 500,
  home: { gapMs: 3_000, pollIntervalMs: 5_000 },
};

export interface SlackDependencies extends CoreTools {
  settings: SlackSettings;
  pace: SlackPace;
  /** Loads what the App Home shows. Never throws. */
  gatherHome(): Promise<HomeFacts>;
}

/** Creates the Bolt app with its commands and actions. Throws when Slack refuses the bot's token. */
export async function createSlackBot(dependencies: SlackDependencies): Promise<SlackBot> {
  const { settings, pace, gatherHome, clock, logger } = dependencies;
  const clients = createWebClients(settings, pace, logger);
  const { client, progressClient } = clients;
  const identity = await client.auth
    .test()
    .catch((error) => Promise.reject(startFailure('SLACK_BOT_TOKEN', settings, error)));
  const homes = createHomes({ gather: gatherHome, client: progressClient, clock, logger, pace: pace.home });
  const tools: SlackTools = {
    ...dependencies,
    client,
    progressClient,
    homes,
    access: createAccessControl({
      ...dependencies,
      client: progressClient,
      access: dependencies.config.access,
      team: identity.team_id ?? '',
    }),
    hasOutsiders: createOutsiders({ ...dependencies, client: progressClient }),
    claims: createClaims(),
    startedAt: clock.now(),
    botName: `@${identity.user ?? 'envcheck'}`,
    openAnswers: createOpenAnswers(),
  };
  const connection = createConnection(settings, logger);
  const app = new App({
    token: settings.botToken.reveal(),
    // Bolt makes no calls of its own when it has both ids.
    botId: identity.bot_id ?? '',
    botUserId: identity.user_id ?? '',
    tokenVerificationEnabled: false,
    receiver: connection.receiver,
    clientOptions: clients.options(),
    logger: boltLogger(logger),
    convoStore: false,
    deferInitialization: true,
  });
  await app.init();
  registerListeners(app, tools);
  app.error(async (error) => {
    logUnexpected(logger, error, { what: 'Slack request' });
  });
  const stop = async () => {
    await connection.stop();
    await homes.stop();
  };
  return {
    ...connection,
    stop,
    openAnswers: tools.openAnswers,
    courier: createCourier(clients.outboxClient),
    botName: tools.botName,
  };
}

interface WebClients {
  /** Retries; for messages that must arrive. */
  client: WebClient;
  /** Gives up at once; for content that is soon stale. */
  progressClient: WebClient;
  /** Tries once: the outbox decides by its own rows when to try again. */
  outboxClient: WebClient;
  /** A new object for each client: the library writes the token into what it is given. */
  options(): WebClientOptions;
}

function createWebClients(
  { apiUrl, botToken }: SlackSettings,
  { callTimeoutMs, progressTimeoutMs, retryDelayMs }: SlackPace,
  logger: Logger,
): WebClients {
  const options = (): WebClientOptions => ({
    slackApiUrl: apiUrl,
    timeout: callTimeoutMs,
    // `timeout` does not reach response URLs.
    fetch: (url, init) => fetch(url, { ...init, signal: init?.signal ?? AbortSignal.timeout(callTimeoutMs) }),
    retryConfig: { retries: 5, factor: 2, minTimeout: retryDelayMs, maxTimeout: 10_000, randomize: true },
    logger: boltLogger(logger),
  });
  const once = { retryConfig: { retries: 0 }, rejectRateLimitedCalls: true };
  const create = (changed: WebClientOptions) =>
    new WebClient(botToken.reveal(), { ...options(), ...changed });
  return {
    client: create({}),
    progressClient: create({ ...once, timeout: progressTimeoutMs }),
    outboxClient: create(once),
    options,
  };
}
