import { App } from '@slack/bolt';
import { type AuthTestResponse, WebClient, type WebClientOptions } from '@slack/web-api';
import type { SlackSettings } from '../config/config.ts';
import type { Courier } from '../digests/outbox/courier.ts';
import { createAccessControl } from './access.ts';
import { logUnexpected } from './action-error.ts';
import { createAttempts } from './attempts.ts';
import { boltLogger } from './bolt-logger.ts';
import { createClaims } from './claims.ts';
import { type Connection, createConnection } from './connection.ts';
import { createCourier } from './courier.ts';
import type { HomeFacts } from './home/facts.ts';
import { createHomes, type HomeIntervals } from './home/homes.ts';
import { registerListeners } from './listeners.ts';
import { createOutsiders } from './outsiders.ts';
import { slackFetch } from './slack-fetch.ts';
import { type CoreTools, createOpenAnswers, type OpenAnswers, type SlackTools } from './slack-tools.ts';

export interface SlackBot extends Pick<Connection, 'requestListener' | 'stop'> {
  /** Resolves when Slack can reach the bot, or goes on in the background while Slack does not answer. Rejects for a refused token. */
  start(): Promise<void>;
  /** The reason why Slack cannot reach the bot now; null while it can. */
  problem(): string | null;
  openAnswers: OpenAnswers;
  /** Sends the messages of the outbox. */
  courier: Courier;
  /** The bot's mention for an invitation: "@envcheck". */
  botName(): string;
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

/** Creates the Bolt app with its commands and actions. Calls Slack only when it starts. */
export function createSlackBot(dependencies: SlackDependencies): SlackBot {
  const { settings, pace, gatherHome, clock, logger } = dependencies;
  const clients = createWebClients(settings, pace, dependencies);
  const { client, progressClient } = clients;
  let identity: AuthTestResponse = { ok: false };
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
      team: () => identity.team_id ?? null,
    }),
    hasOutsiders: createOutsiders({ ...dependencies, client: progressClient }),
    claims: createClaims(),
    startedAt: clock.now(),
    botName: () => `@${identity.user ?? 'envcheck'}`,
    openAnswers: createOpenAnswers(),
  };
  const connection = createConnection(
    settings,
    logger,
    slackFetch(pace.callTimeoutMs, dependencies.farClocks),
  );
  const app = new App({
    authorize: async () => ({
      botToken: settings.botToken.reveal(),
      ...(identity.bot_id ? { botId: identity.bot_id } : {}),
      ...(identity.user_id ? { botUserId: identity.user_id } : {}),
    }),
    receiver: connection.receiver,
    clientOptions: clients.options(),
    logger: boltLogger(logger),
    convoStore: false,
  });
  registerListeners(app, tools);
  app.error(async (error) => {
    logUnexpected(logger, error, { what: 'Slack request' });
  });
  const stopping = new AbortController();
  const attempts = createAttempts({
    settings,
    logger,
    retryDelayMs: pace.retryDelayMs,
    signal: stopping.signal,
  });
  return {
    ...connection,
    async start() {
      const connecting = (async () => {
        identity = await attempts.until('SLACK_BOT_TOKEN', () => progressClient.auth.test());
        await connection.start((call) => attempts.until('SLACK_APP_TOKEN', call));
      })();
      await Promise.race([connecting, attempts.unanswered]);
      connecting.catch((error) => {
        if (!stopping.signal.aborted) logger.error({ err: error }, 'no connection to Slack');
      });
    },
    problem: () => attempts.problem() ?? (connection.connected() ? null : 'no connection'),
    async stop() {
      stopping.abort();
      await connection.stop();
      await homes.stop();
    },
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
  { logger, farClocks }: Pick<CoreTools, 'logger' | 'farClocks'>,
): WebClients {
  const options = (): WebClientOptions => ({
    slackApiUrl: apiUrl,
    timeout: callTimeoutMs,
    fetch: slackFetch(callTimeoutMs, farClocks),
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
