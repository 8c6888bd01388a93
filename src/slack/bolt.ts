import type { RequestListener } from 'node:http';
import { App, type Logger as BoltLogger, HTTPReceiver, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { WebClient, type WebClientOptions } from '@slack/web-api';
import type { Logger } from 'pino';
import type { Checker } from '../checker/checker.ts';
import type { Clock } from '../clock.ts';
import type { Config, SlackSettings } from '../config/config.ts';
import type { Drift } from '../drift/drift.ts';
import type { LogReader } from '../eventlog/log-reader.ts';
import type { HomeFacts } from '../home/facts.ts';
import { innermostMessage } from '../innermost-message.ts';
import type { Courier } from '../reports/courier.ts';
import { createAccessControl } from './access.ts';
import { logUnexpected } from './action-error.ts';
import { actionIds, homeDiffIds, shortcutIds, viewIds } from './action-ids.ts';
import { acceptCheck, acceptDifference } from './actions/accept-actions.ts';
import { submitAcceptance } from './actions/accept-submission.ts';
import { compareAgain, shareDiff, showAllDifferences } from './actions/drift-actions.ts';
import { olderEvents, shareEvents } from './actions/events-actions.ts';
import { acknowledgeFailure, shareFailures } from './actions/failure-actions.ts';
import { submitAcknowledgement } from './actions/failure-submission.ts';
import { shareFind, showFound } from './actions/find-actions.ts';
import {
  checkFromHome,
  checklistFromHome,
  diffFromHome,
  failuresFromHome,
  historyFromHome,
  reportFromHome,
  waiversFromHome,
} from './actions/home-actions.ts';
import { recheck, share, showAll } from './actions/report-actions.ts';
import { retriggerWebhook } from './actions/retrigger-actions.ts';
import { checklistAgain, openSignOff, submitSignOff } from './actions/sign-off-actions.ts';
import { revokeWaiver } from './actions/waiver-actions.ts';
import { deleteWebhook, registerWebhook } from './actions/webhook-actions.ts';
import { envcheckCommand } from './commands/envcheck.ts';
import { createCourier } from './courier.ts';
import { createOpenAnswers, type OpenAnswers, type SlackTools } from './handlers.ts';
import { homeOpened } from './home/home-opened.ts';
import { createHomes } from './home/homes.ts';
import { createOnce } from './once.ts';
import { findIds } from './shortcuts/find-ids.ts';
import { refusal } from './slack-errors.ts';

const COMMAND = '/envcheck';
export const SLACK_PATH = '/slack/events';

const CALL_TIMEOUT_MS = 15_000;
const PROGRESS_TIMEOUT_MS = 5_000;
const MAX_REQUEST_BYTES = 1024 * 1024;

export interface SlackBot {
  /** For HTTP mode: what the server hands requests for `/slack/events` to. Null in Socket Mode. */
  requestListener: RequestListener | null;
  /** Whether Slack can reach the bot now. */
  connected(): boolean;
  /** Connects, in Socket Mode. */
  start(): Promise<void>;
  /** Takes nothing new. */
  stop(): Promise<void>;
  open: OpenAnswers;
  /** What the outbox sends with. */
  courier: Courier;
  /** How the bot is invited: "@envcheck". */
  botName: string;
}

export interface SlackDependencies {
  settings: SlackSettings;
  config: Config;
  checker: Checker;
  drift: Drift;
  trends: SlackTools['trends'];
  waivers: SlackTools['waivers'];
  failures: SlackTools['failures'];
  log: LogReader;
  registrations: SlackTools['registrations'];
  arrivalWaitMs: number;
  /** What the App Home shows. Never throws. */
  gatherHome(): Promise<HomeFacts>;
  desk: SlackTools['desk'];
  db: SlackTools['db'];
  signOffs: SlackTools['signOffs'];
  clock: Clock;
  logger: Logger;
}

/** The real Bolt app with its commands and actions. Throws when Slack does not accept the bot's token. */
export async function createSlackBot(dependencies: SlackDependencies): Promise<SlackBot> {
  const { settings, logger } = dependencies;
  const client = new WebClient(settings.botToken.reveal(), clientOptions(settings, logger));
  const identity = await client.auth
    .test()
    .catch((error) => Promise.reject(startFailure('SLACK_BOT_TOKEN', settings, error)));
  const progressClient = new WebClient(settings.botToken.reveal(), {
    ...clientOptions(settings, logger),
    timeout: PROGRESS_TIMEOUT_MS,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
  });
  const { gatherHome, clock } = dependencies;
  const homes = createHomes({ gather: gatherHome, client: progressClient, clock, logger });
  // When to try again is decided by what the outbox has written down.
  const outboxClient = new WebClient(settings.botToken.reveal(), {
    ...clientOptions(settings, logger),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
  });
  const tools: SlackTools = {
    ...dependencies,
    client,
    progressClient,
    homes,
    access: createAccessControl({ ...dependencies, client: progressClient }),
    once: createOnce(),
    startedAt: dependencies.clock.now(),
    botName: `@${identity.user ?? 'envcheck'}`,
    open: createOpenAnswers(),
  };
  const receiver = createReceiver(settings, logger);
  const app = new App({
    token: settings.botToken.reveal(),
    // With both ids given Bolt asks Slack nothing of its own.
    botId: identity.bot_id ?? '',
    botUserId: identity.user_id ?? '',
    tokenVerificationEnabled: false,
    receiver: receiver.receiver,
    clientOptions: clientOptions(settings, logger),
    logger: boltLogger(logger),
    convoStore: false,
    deferInitialization: true,
  });
  await app.init();
  listen(app, tools);
  const stop = async () => {
    await receiver.stop();
    await homes.stop();
  };
  return {
    ...receiver,
    stop,
    open: tools.open,
    courier: createCourier(outboxClient),
    botName: tools.botName,
  };
}

function listen(app: App, tools: SlackTools): void {
  app.command(COMMAND, envcheckCommand(tools));
  app.action({ type: 'block_actions', action_id: actionIds.recheck }, recheck(tools) as never);
  app.action({ type: 'block_actions', action_id: actionIds.showAll }, showAll(tools) as never);
  app.action({ type: 'block_actions', action_id: actionIds.share }, share(tools) as never);
  app.action({ type: 'block_actions', action_id: actionIds.shareFind }, shareFind(tools) as never);
  app.action({ type: 'block_actions', action_id: actionIds.showFind }, showFound(tools) as never);
  app.action({ type: 'block_actions', action_id: actionIds.olderEvents }, olderEvents(tools) as never);
  app.action({ type: 'block_actions', action_id: actionIds.shareEvents }, shareEvents(tools) as never);
  app.shortcut({ type: 'message_action', callback_id: shortcutIds.findIds }, findIds(tools) as never);
  app.action(
    { type: 'block_actions', action_id: actionIds.registerWebhook },
    registerWebhook(tools) as never,
  );
  app.action({ type: 'block_actions', action_id: actionIds.deleteWebhook }, deleteWebhook(tools) as never);
  app.action({ type: 'block_actions', action_id: actionIds.compareAgain }, compareAgain(tools) as never);
  app.action(
    { type: 'block_actions', action_id: actionIds.showAllDifferences },
    showAllDifferences(tools) as never,
  );
  app.action({ type: 'block_actions', action_id: actionIds.shareDiff }, shareDiff(tools) as never);
  app.action(
    { type: 'block_actions', action_id: actionIds.acceptDifference },
    acceptDifference(tools) as never,
  );
  app.action({ type: 'block_actions', action_id: actionIds.acceptCheck }, acceptCheck(tools) as never);
  app.action({ type: 'block_actions', action_id: actionIds.revokeWaiver }, revokeWaiver(tools) as never);
  app.action(
    { type: 'block_actions', action_id: actionIds.retriggerWebhook },
    retriggerWebhook(tools) as never,
  );
  app.event('app_home_opened', homeOpened(tools));
  app.action({ type: 'block_actions', action_id: actionIds.homeCheck }, checkFromHome(tools) as never);
  app.action({ type: 'block_actions', action_id: actionIds.homeReport }, reportFromHome(tools) as never);
  for (const action_id of homeDiffIds)
    app.action({ type: 'block_actions', action_id }, diffFromHome(tools) as never);
  app.action({ type: 'block_actions', action_id: actionIds.homeHistory }, historyFromHome(tools) as never);
  app.action(
    { type: 'block_actions', action_id: actionIds.homeChecklist },
    checklistFromHome(tools) as never,
  );
  app.action({ type: 'block_actions', action_id: actionIds.homeFailures }, failuresFromHome(tools) as never);
  app.action({ type: 'block_actions', action_id: actionIds.homeWaivers }, waiversFromHome(tools) as never);
  app.view({ type: 'view_submission', callback_id: viewIds.accept }, submitAcceptance(tools) as never);
  app.action({ type: 'block_actions', action_id: actionIds.openSignOff }, openSignOff(tools) as never);
  app.action({ type: 'block_actions', action_id: actionIds.checklistAgain }, checklistAgain(tools) as never);
  app.view({ type: 'view_submission', callback_id: viewIds.signOff }, submitSignOff(tools) as never);
  app.action({ type: 'block_actions', action_id: actionIds.shareFailures }, shareFailures(tools) as never);
  app.action(
    { type: 'block_actions', action_id: actionIds.acknowledgeFailure },
    acknowledgeFailure(tools) as never,
  );
  app.view(
    { type: 'view_submission', callback_id: viewIds.acknowledge },
    submitAcknowledgement(tools) as never,
  );
  app.error(async (error) => {
    logUnexpected(tools.logger, error, { what: 'Slack request' });
  });
}

type Connection = Pick<SlackBot, 'requestListener' | 'connected' | 'start' | 'stop'>;

function createReceiver(
  { mode, apiUrl }: SlackSettings,
  logger: Logger,
): Connection & { receiver: HTTPReceiver | SocketModeReceiver } {
  if (mode.kind === 'http') {
    const receiver = new HTTPReceiver({
      signingSecret: mode.signingSecret.reveal(),
      endpoints: [SLACK_PATH],
      bodyLimit: MAX_REQUEST_BYTES,
      logger: boltLogger(logger),
    });
    const nothing = async () => {};
    return {
      receiver,
      requestListener: receiver.requestListener,
      connected: () => true,
      start: nothing,
      stop: nothing,
    };
  }
  const receiver = new SocketModeReceiver({
    appToken: mode.appToken.reveal(),
    installerOptions: { clientOptions: { slackApiUrl: apiUrl } },
    logger: boltLogger(logger),
  });
  let connected = false;
  let stopping = false;
  // A disconnect while the client reconnects rejects its pending start, for which nobody waits: the process would end
  // with an unhandled rejection instead of cleanly.
  const start = receiver.client.start.bind(receiver.client);
  receiver.client.start = () =>
    start().catch((error) => {
      if (!stopping) throw error;
      return { ok: true };
    });
  receiver.client.on('connected', () => {
    connected = true;
    logger.info('connected to Slack');
  });
  // 'close' comes at once; the others only when the client, some seconds later, does something about it.
  for (const event of ['close', 'reconnecting', 'disconnecting', 'disconnected'])
    receiver.client.on(event, () => {
      if (connected) logger.info({ event }, 'connection to Slack closed; the client reconnects by itself');
      connected = false;
    });
  return {
    receiver,
    requestListener: null,
    connected: () => connected,
    start: async () => {
      await receiver
        .start()
        .catch((error) => Promise.reject(startFailure('SLACK_APP_TOKEN', { apiUrl }, error)));
    },
    stop: async () => {
      stopping = true;
      await receiver.stop();
    },
  };
}

/** In one line for the person who starts the program: which of the two tokens, or that there is no Slack there. */
function startFailure(variable: string, { apiUrl }: Pick<SlackSettings, 'apiUrl'>, error: unknown): Error {
  const why = refusal(error);
  const message = why
    ? `Slack does not accept ${variable} (${why})`
    : `Slack cannot be reached at ${apiUrl}: ${innermostMessage(error)}`;
  return new Error(`${message}; \`envcheck doctor\` tries every connection`, { cause: error });
}

/** A new object for each client: the library writes the token into what it is given. */
const clientOptions = ({ apiUrl }: SlackSettings, logger: Logger): WebClientOptions => ({
  slackApiUrl: apiUrl,
  timeout: CALL_TIMEOUT_MS,
  // For response URLs too, which `timeout` does not reach.
  fetch: (url, init) => fetch(url, { ...init, signal: init?.signal ?? AbortSignal.timeout(CALL_TIMEOUT_MS) }),
  retryConfig: { retries: 5, factor: 2, minTimeout: 500, maxTimeout: 10_000, randomize: true },
  logger: boltLogger(logger),
});

/** What Bolt tells at `info` is of interest to nobody on call. */
function boltLogger(logger: Logger): BoltLogger {
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
