import type { RequestListener } from 'node:http';
import { HTTPReceiver, SocketModeReceiver } from '@slack/bolt';
import type { Logger } from 'pino';
import type { SlackSettings } from '../config/config.ts';
import { boltLogger } from './bolt-logger.ts';
import { startFailure } from './slack-errors.ts';

export const SLACK_PATH = '/slack/events';

const MAX_REQUEST_BYTES = 1024 * 1024;

/** How Slack reaches the bot: by a socket that the bot opens, or by requests to its server. */
export interface Connection {
  /** What Bolt listens on. */
  receiver: HTTPReceiver | SocketModeReceiver;
  /** For HTTP mode: what the server hands requests for `/slack/events` to. Null in Socket Mode. */
  requestListener: RequestListener | null;
  /** Whether Slack can reach the bot now. */
  connected(): boolean;
  /** Connects, in Socket Mode. Rejects with one line for the person who starts the program. */
  start(): Promise<void>;
  /** Takes nothing new. */
  stop(): Promise<void>;
}

export const createConnection = (settings: SlackSettings, logger: Logger): Connection =>
  settings.mode.kind === 'http'
    ? overHttp(settings.mode, logger)
    : overSocket(settings.mode, settings.apiUrl, logger);

type Mode<Kind extends SlackSettings['mode']['kind']> = Extract<SlackSettings['mode'], { kind: Kind }>;

function overHttp({ signingSecret }: Mode<'http'>, logger: Logger): Connection {
  const receiver = new HTTPReceiver({
    signingSecret: signingSecret.reveal(),
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

function overSocket({ appToken }: Mode<'socket'>, apiUrl: string, logger: Logger): Connection {
  const receiver = new SocketModeReceiver({
    appToken: appToken.reveal(),
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
