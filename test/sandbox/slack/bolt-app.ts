import type { AddressInfo } from 'node:net';
import { App, HTTPReceiver, LogLevel, SocketModeReceiver } from '@slack/bolt';
import type { SimulatedSlack } from '../../../sandbox/slack/server.ts';

/** A real Bolt app that talks to the simulator. */
export interface RunningApp {
  app: App;
  stop(): Promise<void>;
}

export type Mode = 'http' | 'socket';

export async function startApp(
  slack: SimulatedSlack,
  mode: Mode,
  register: (app: App) => void,
): Promise<RunningApp> {
  return mode === 'http' ? startHttpApp(slack, register) : startSocketApp(slack, register);
}

async function startHttpApp(slack: SimulatedSlack, register: (app: App) => void): Promise<RunningApp> {
  const receiver = new HTTPReceiver({ signingSecret: slack.signingSecret, logLevel: LogLevel.ERROR });
  const app = new App({
    token: slack.botToken,
    receiver,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } },
  });
  register(app);
  const server = await receiver.start(0);
  slack.requestUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`;
  return {
    app,
    async stop() {
      server.closeAllConnections();
      await receiver.stop();
    },
  };
}

async function startSocketApp(slack: SimulatedSlack, register: (app: App) => void): Promise<RunningApp> {
  const receiver = new SocketModeReceiver({
    appToken: slack.appToken,
    logLevel: LogLevel.ERROR,
    installerOptions: { clientOptions: { slackApiUrl: slack.apiUrl } },
  });
  const app = new App({
    token: slack.botToken,
    receiver,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } },
  });
  register(app);
  await app.start();
  await slack.waitForConnection();
  return {
    app,
    async stop() {
      await app.stop();
    },
  };
}
