import { setTimeout as sleep } from 'node:timers/promises';
import { HTTPReceiver, SocketModeReceiver } from '@slack/bolt';
import type { Logger } from 'pino';
import type { SlackSettings } from '../config/config.ts';
import { boltLogger } from './bolt-logger.ts';
import { createFaults, isSocketMessage, judged, type SlackListener } from './incoming.ts';

export const SLACK_PATH = '/slack/events';
/** Delay before the bot connects again, so that a connection that Slack closes at once is not opened without end. */
const RECONNECT_MS = 1_000;

/** Slack's way to the bot: a socket that the bot opens, or requests to its server. */
export interface Connection {
  /** Bolt's receiver. */
  receiver: HTTPReceiver | SocketModeReceiver;
  /** Handles the server's requests to `/slack/events` in HTTP mode; null in Socket Mode. */
  requestListener: SlackListener | null;
  /** True while Slack can reach the bot. */
  connected(): boolean;
  /** Connects in Socket Mode, once and again after every disconnect. Rejects when `attempt` does. */
  start(attempt: Attempt): Promise<void>;
  /** Accepts no new requests. */
  stop(): Promise<void>;
}

/** Makes a call to Slack, and makes it again for as long as it is worth it. */
export type Attempt = <Result>(call: () => Promise<Result>) => Promise<Result>;

export const createConnection = (
  settings: SlackSettings,
  logger: Logger,
  fetch: typeof globalThis.fetch,
): Connection =>
  settings.mode.kind === 'http'
    ? overHttp(settings.mode, logger)
    : overSocket(settings.mode, settings.apiUrl, logger, fetch);

type Mode<Kind extends SlackSettings['mode']['kind']> = Extract<SlackSettings['mode'], { kind: Kind }>;

function overHttp({ signingSecret }: Mode<'http'>, logger: Logger): Connection {
  const receiver = new HTTPReceiver({
    signingSecret: signingSecret.reveal(),
    endpoints: [SLACK_PATH],
    logger: boltLogger(logger),
  });
  const nothing = async () => {};
  return {
    receiver,
    requestListener: judged(
      { signingSecret: signingSecret.reveal(), faults: createFaults(logger) },
      receiver.requestListener,
    ),
    connected: () => true,
    start: nothing,
    stop: nothing,
  };
}

function overSocket(
  { appToken }: Mode<'socket'>,
  apiUrl: string,
  logger: Logger,
  fetch: typeof globalThis.fetch,
): Connection {
  const receiver = new SocketModeReceiver({
    appToken: appToken.reveal(),
    // `attempt` repeats.
    installerOptions: { clientOptions: { slackApiUrl: apiUrl, fetch, retryConfig: { retries: 0 } } },
    // The client reconnects in promises that nobody awaits: a second failure in them would end the process.
    autoReconnectEnabled: false,
    logger: boltLogger(logger),
  });
  let connected = false;
  receiver.client.on('connected', () => {
    if (!connected) logger.info('connected to Slack');
    connected = true;
  });
  // 'close' comes at once; the others only when the client reacts, some seconds later.
  for (const event of ['close', 'reconnecting', 'disconnecting', 'disconnected'])
    receiver.client.on(event, () => {
      if (connected) logger.info({ event }, 'connection to Slack closed; connecting again');
      connected = false;
    });
  const faults = createFaults(logger);
  const [onMessage] = receiver.client.listeners('ws_message');
  receiver.client.removeAllListeners('ws_message');
  receiver.client.on('ws_message', async (data: string | ArrayBuffer, isBinary: boolean) => {
    const text = typeof data === 'string' ? data : new TextDecoder().decode(data);
    if (isBinary || isSocketMessage(text)) await onMessage?.(data, isBinary);
    else faults.note('unknown_shape');
  });
  const connect = receiver.client.start.bind(receiver.client);
  let [connecting, stopping] = [false, false];
  return {
    receiver,
    requestListener: null,
    connected: () => connected,
    start: async (attempt) => {
      const connectOnce = async (): Promise<void> => {
        connecting = true;
        await attempt(connect).finally(() => {
          connecting = false;
        });
      };
      receiver.client.on('disconnected', async () => {
        // The attempt itself learns of a connection that closes before it is open.
        if (connecting) return;
        connecting = true;
        await sleep(RECONNECT_MS, null, { ref: false });
        // It rejects only when the program stops.
        if (!stopping) await connectOnce().catch(() => {});
      });
      await connectOnce();
    },
    stop: () => {
      stopping = true;
      return receiver.stop().then(() => {});
    },
  };
}
