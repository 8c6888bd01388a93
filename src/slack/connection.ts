import type { RequestListener } from 'node:http';
import { HTTPReceiver, SocketModeReceiver } from '@slack/bolt';
import type { Logger } from 'pino';
import type { SlackSettings } from '../config/config.ts';
import { boltLogger } from './bolt-logger.ts';
import { startFailure } from './slack-errors.ts';

export const SLACK_PATH = '/slack/events';

const MAX_REQUEST_BYTES = 1024 * 1024;

/** Slack's way to the bot: a socket that the bot opens, or requests to its server. */
export interface Connection {
  /** Bolt's receiver. */
  receiver: HTTPReceiver | SocketModeReceiver;
  /** Handles the server's requests to `/slack/events` in HTTP mode; null in Socket Mode. */
  requestListener: RequestListener | null;
  /** True while Slack can reach the bot. */
  connected(): boolean;
  /** Connects in Socket Mode. Rejects with one line for the operator. */
  start(): Promise<void>;
  /** Accepts no new requests. */
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
  // A disconnect while the client reconnects rejects a start that nobody awaits, which would end the process with an
  // unhandled rejection.
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
  // 'close' comes at once; the others only when the client reacts, some seconds later.
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
