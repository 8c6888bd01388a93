import { HTTPReceiver, SocketModeReceiver } from '@slack/bolt';
import type { Logger } from 'pino';
import type { SlackSettings } from '../config/config.ts';
import { boltLogger } from './bolt-logger.ts';
import { createFaults, isSocketMessage, judged, type SlackListener } from './incoming.ts';

export const SLACK_PATH = '/slack/events';

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

export const createConnection = (settings: SlackSettings, logger: Logger): Connection =>
  settings.mode.kind === 'http'
    ? overHttp(settings.mode, logger)
    : overSocket(settings.mode, settings.apiUrl, logger);

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

function overSocket({ appToken }: Mode<'socket'>, apiUrl: string, logger: Logger): Connection {
  const receiver = new SocketModeReceiver({
    appToken: appToken.reveal(),
    // `attempt` repeats.
    installerOptions: { clientOptions: { slackApiUrl: apiUrl, retryConfig: { retries: 0 } } },
    logger: boltLogger(logger),
  });
  let connected = false;
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
  const faults = createFaults(logger);
  const [onMessage] = receiver.client.listeners('ws_message');
  receiver.client.removeAllListeners('ws_message');
  receiver.client.on('ws_message', async (data: string | ArrayBuffer, isBinary: boolean) => {
    const text = typeof data === 'string' ? data : new TextDecoder().decode(data);
    if (isBinary || isSocketMessage(text)) await onMessage?.(data, isBinary);
    else faults.note('unknown_shape');
  });
  const connect = receiver.client.start.bind(receiver.client);
  return {
    receiver,
    requestListener: null,
    connected: () => connected,
    start: async (attempt) => {
      const first = attempt(connect);
      // The client calls it to reconnect, and nobody awaits that: a rejection would end the process.
      receiver.client.start = () => attempt(connect).catch(() => ({ ok: false }));
      await first;
    },
    stop: () => receiver.stop().then(() => {}),
  };
}
