import { App } from '@slack/bolt';
import type { SlackSettings } from '../config/config.ts';
import type { Courier } from '../digests/outbox/courier.ts';
import { createAccessControl } from './access.ts';
import { logUnexpected } from './action-error.ts';
import { boltLogger } from './bolt-logger.ts';
import { createClaims } from './claims.ts';
import { type Connection, createConnection } from './connection.ts';
import { createCourier } from './courier.ts';
import type { HomeFacts } from './home/facts.ts';
import { createHomes } from './home/homes.ts';
import { registerListeners } from './listeners.ts';
import { startFailure } from './slack-errors.ts';
import { type CoreTools, createOpenAnswers, type OpenAnswers, type SlackTools } from './slack-tools.ts';
import {
  clientOptions,
  createOutboxClient,
  createProgressClient,
  createRetryingClient,
} from './web-clients.ts';

export interface SlackBot extends Pick<Connection, 'requestListener' | 'connected' | 'start' | 'stop'> {
  openAnswers: OpenAnswers;
  /** What the outbox sends with. */
  courier: Courier;
  /** How the bot is invited: "@envcheck". */
  botName: string;
}

export interface SlackDependencies extends CoreTools {
  settings: SlackSettings;
  /** What the App Home shows. Never throws. */
  gatherHome(): Promise<HomeFacts>;
}

/** The real Bolt app with its commands and actions. Throws when Slack does not accept the bot's token. */
export async function createSlackBot(dependencies: SlackDependencies): Promise<SlackBot> {
  const { settings, gatherHome, clock, logger } = dependencies;
  const client = createRetryingClient(settings, logger);
  const identity = await client.auth
    .test()
    .catch((error) => Promise.reject(startFailure('SLACK_BOT_TOKEN', settings, error)));
  const progressClient = createProgressClient(settings, logger);
  const homes = createHomes({ gather: gatherHome, client: progressClient, clock, logger });
  const tools: SlackTools = {
    ...dependencies,
    client,
    progressClient,
    homes,
    access: createAccessControl({ ...dependencies, client: progressClient }),
    claims: createClaims(),
    startedAt: clock.now(),
    botName: `@${identity.user ?? 'envcheck'}`,
    openAnswers: createOpenAnswers(),
  };
  const connection = createConnection(settings, logger);
  const app = new App({
    token: settings.botToken.reveal(),
    // With both ids given Bolt asks Slack nothing of its own.
    botId: identity.bot_id ?? '',
    botUserId: identity.user_id ?? '',
    tokenVerificationEnabled: false,
    receiver: connection.receiver,
    clientOptions: clientOptions(settings, logger),
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
    courier: createCourier(createOutboxClient(settings, logger)),
    botName: tools.botName,
  };
}
