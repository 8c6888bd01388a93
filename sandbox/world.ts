import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, createApp, type Overrides } from '../src/app.ts';
import type { Config } from '../src/config/config.ts';
import { loadConfig } from '../src/config/load.ts';
import { createReleases } from '../src/core.ts';
import { SLACK_PATH } from '../src/slack/connection.ts';
import { systemClock } from '../src/time/clock.ts';
import { type SimulatedIntegration, startIntegration } from './integration.ts';
import { intakeToken, northwindConfig, northwindSecrets } from './northwind-config.ts';
import { type SimulatedSlack, startSlack } from './slack/server.ts';
import { NORTHWIND_URL, seedWorkspaces } from './spotdraft/seed.ts';
import { type SimulatedSpotDraft, startSpotDraft } from './spotdraft/server.ts';
import type { Workspace } from './spotdraft/workspace.ts';

export interface ConfigureOptions {
  sharedWebhookUrl: boolean;
  slackMode?: 'socket' | 'http';
  /** Changes the text of the config file. */
  edit?: (config: ReturnType<typeof northwindConfig>) => object;
  /** Overrides environment variables. */
  env?: Record<string, string>;
}

/** The bot's own hourly checks would interfere with what a person does and sees, so they run once a day at most. */
const ONLY_WHEN_ASKED_MS = 24 * 3_600_000;

export interface World {
  spotdraft: SimulatedSpotDraft;
  slack: SimulatedSlack;
  integration: SimulatedIntegration;
  uat: Workspace;
  prod: Workspace;
  /** Environment variables for a bot that runs in this world as a separate process. */
  environment: Record<string, string>;
  /** Rewrites the config file and reads it as the program would. */
  configure(options: ConfigureOptions): Config;
  /** Stops the running bot, starts the real bot with this config, and resolves when Slack can reach it. */
  startBot(config: Config): Promise<{ url: string }>;
  stopBot(): Promise<void>;
  /** Reports a call that the integration made to a workspace, as the integration does; `changes` replaces fields. */
  reportCall(key: string, changes?: object): Promise<void>;
  /** Reports what the integration made of a webhook. */
  reportOutcome(key: string, outcome: object): Promise<void>;
  stop(): Promise<void>;
}

export interface WorldOptions extends Overrides {
  /** SpotDraft's rate limit per workspace. Default: 10, its real limit. */
  requestsPerSecond?: number;
}

/** Starts, on loopback, a simulated SpotDraft with two seeded workspaces, a simulated Slack and integration. `startBot` adds the real bot. */
export async function startWorld({ requestsPerSecond, ...overrides }: WorldOptions): Promise<World> {
  const clock = overrides.clock ?? systemClock;
  const releases = createReleases();
  const stop = async () => {
    const [failure] = await releases.releaseAll();
    if (failure) throw failure.error;
  };
  try {
    const folder = mkdtempSync(join(tmpdir(), 'envcheck-'));
    releases.add('folder', () => rmSync(folder, { recursive: true, force: true }));
    const { uat, prod } = seedWorkspaces(clock.now());
    const spotdraft = await startSpotDraft({
      workspaces: [uat, prod],
      clock,
      ...(requestsPerSecond === undefined ? {} : { requestsPerSecond }),
    });
    releases.add('SpotDraft', () => spotdraft.stop());
    const integration = await startIntegration([uat, prod]);
    releases.add('integration', () => integration.stop());
    const slack = await startSlack({
      clock,
      scopes: [
        'commands',
        'chat:write',
        'usergroups:read',
        'users:read',
        'files:write',
        'channels:history',
        'groups:history',
        'im:history',
        'channels:read',
        'groups:read',
      ],
      usergroups: [{ id: 'S0OPERATORS', handle: 'operators', users: ['U0BOB'] }],
    });
    releases.add('Slack', () => slack.stop());

    const environment = {
      ...northwindSecrets([uat, prod]),
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_APP_TOKEN: slack.appToken,
      SLACK_API_URL: slack.apiUrl,
      HOST: '127.0.0.1',
      PORT: '0',
      LOG_LEVEL: 'error',
    };
    let bot: App | null = null;
    let botUrl: string | null = null;
    let reported = 0;
    releases.add('bot', () => bot?.stop());
    const report = async (kind: 'calls' | 'outcomes', key: string, line: object): Promise<void> => {
      reported += 1;
      const answer = await fetch(`${botUrl}/v1/${key}/${kind}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${intakeToken(key)}`, 'content-type': 'application/x-ndjson' },
        body: JSON.stringify({
          id: `northwind-${key}-${reported}`,
          at: new Date(clock.now()).toISOString(),
          ...line,
        }),
      });
      if (!answer.ok) throw new Error(`the bot refused what was reported: ${await answer.text()}`);
    };
    return {
      spotdraft,
      slack,
      integration,
      uat,
      prod,
      environment,
      stop,
      configure({ sharedWebhookUrl, slackMode = 'socket', edit = (content) => content, env: changed = {} }) {
        const file = join(folder, 'envcheck.yaml');
        const { baseUrl, host } = spotdraft;
        const receiverUrl = integration.urlOf;
        const written = northwindConfig({ baseUrl, host, uat, prod, sharedWebhookUrl, receiverUrl });
        // JSON is YAML.
        writeFileSync(file, JSON.stringify(edit(written), null, 2));
        const { SLACK_APP_TOKEN: _, ...http } = { ...environment, SLACK_SIGNING_SECRET: slack.signingSecret };
        const env = { ...(slackMode === 'http' ? http : environment), ...changed };
        return loadConfig({ file, env, cwd: folder, needsSlack: true });
      },
      async startBot(config) {
        await bot?.stop();
        bot = createApp(config, { pollIntervalMs: ONLY_WHEN_ASKED_MS, ...overrides });
        const { url } = await bot.start();
        botUrl = url;
        spotdraft.webhookRoutes.set(NORTHWIND_URL, url);
        const overHttp = config.slack?.mode.kind === 'http';
        slack.requestUrl = overHttp ? url + SLACK_PATH : null;
        if (!overHttp) await slack.waitForConnection();
        return { url };
      },
      stopBot: async () => bot?.stop(),
      reportCall: (key, changes = {}) =>
        report('calls', key, {
          method: 'POST',
          host: spotdraft.host,
          path: '/api/v2.1/public/contracts/',
          status: 201,
          requestId: `crm-${key}-${reported + 1}`,
          retries: 0,
          ...changes,
        }),
      reportOutcome: (key, outcome) => report('outcomes', key, outcome),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
