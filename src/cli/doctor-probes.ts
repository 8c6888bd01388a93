import { WebClient } from '@slack/web-api';
import { Agent, request } from 'undici';
import type { Config, SlackSettings } from '../config/config.ts';
import { configuredSecrets } from '../config/configured-secrets.ts';
import { withoutSecrets } from '../config/secret.ts';
import type { CoreOverrides } from '../core.ts';
import { accessRefused } from '../readiness/access-refused.ts';
import { remedyFor } from '../readiness/judgement.ts';
import { silentLogger } from '../slack/bolt-logger.ts';
import { optionalScopes, requiredScopes } from '../slack/scopes.ts';
import { slackErrorCode } from '../slack/slack-errors.ts';
import { slackFetch } from '../slack/slack-fetch.ts';
import { defaultRetryPolicy } from '../spotdraft/attempts.ts';
import { documentedTimeouts } from '../spotdraft/client.ts';
import { createClients } from '../spotdraft/clients.ts';
import { baseUrlProblems } from '../spotdraft/regions.ts';
import { environmentLabel } from '../text/environment-label.ts';
import { innermostMessage } from '../text/innermost-message.ts';
import { systemClock } from '../time/clock.ts';
import type { FarClocks } from '../time/far-clocks.ts';
import { readKeyFingerprint } from '../workspace/webhook-key.ts';
import { type Diagnosis, failed, passed } from './diagnosis.ts';

const TIMEOUT_MS = 10_000;

export async function probeSlack(config: Config, farClocks: FarClocks): Promise<Diagnosis[]> {
  const { slack } = config;
  if (!slack) return [];
  const bot = await probeBotToken(slack, config, farClocks);
  return slack.mode.kind === 'socket'
    ? [bot, await probeAppToken(slack, slack.mode.appToken.reveal(), config, farClocks)]
    : [bot];
}

async function probeBotToken(slack: SlackSettings, config: Config, farClocks: FarClocks): Promise<Diagnosis> {
  const part = 'Slack bot token';
  try {
    const answer = await client(slack, slack.botToken.reveal(), farClocks).auth.test();
    const granted = answer.response_metadata?.scopes ?? [];
    const missing = requiredScopes(config).filter((scope) => !granted.includes(scope));
    if (missing.length > 0)
      return failed(
        part,
        `the app lacks ${missing.join(', ')}`,
        'Update the app from manifest.yml and install it again',
      );
    const without = optionalScopes.filter((scope) => !granted.includes(scope));
    const note =
      without.length > 0
        ? `; without ${without.join(', ')}, a message may be posted twice when Slack's response is lost`
        : '';
    return passed(part, `${answer.user} in ${answer.team}${note}`);
  } catch (error) {
    return slackFailure(part, error, config, 'Copy the bot token of the installed app into SLACK_BOT_TOKEN');
  }
}

async function probeAppToken(
  slack: SlackSettings,
  token: string,
  config: Config,
  farClocks: FarClocks,
): Promise<Diagnosis> {
  const part = 'Slack app token';
  try {
    await client(slack, token, farClocks).apps.connections.open({});
    return passed(part, 'Socket Mode can connect');
  } catch (error) {
    return slackFailure(
      part,
      error,
      config,
      'Create an app-level token with connections:write, and turn Socket Mode on',
    );
  }
}

const client = ({ apiUrl }: SlackSettings, token: string, farClocks: FarClocks): WebClient =>
  new WebClient(token, {
    fetch: slackFetch(TIMEOUT_MS, farClocks),
    slackApiUrl: apiUrl,
    timeout: TIMEOUT_MS,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: silentLogger,
  });

function slackFailure(part: string, error: unknown, config: Config, remedy: string): Diagnosis {
  const why = slackErrorCode(error);
  if (why) return failed(part, `Slack answered ${why}`, remedy);
  const detail = withoutSecrets(innermostMessage(error), configuredSecrets(config));
  return { part, state: 'unknown', detail, remedy: 'Check that this machine can reach Slack' };
}

/** Makes one authenticated read of each workspace, the same that every check begins with. */
export async function probeSpotDraft(
  config: Config,
  overrides: CoreOverrides,
  farClocks: FarClocks,
): Promise<Diagnosis[]> {
  const clients = createClients(config, {
    clock: systemClock,
    farClocks,
    retry: overrides.retry ?? defaultRetryPolicy,
    timeoutMs: documentedTimeouts,
    ca: null,
    // Calls are not logged, because the database itself may be broken.
    log: async () => {},
  });
  try {
    return await Promise.all(
      config.environments.map(async (environment): Promise<Diagnosis> => {
        const part = `SpotDraft ${environmentLabel(environment)}`;
        const { host, path } = baseUrlProblems(environment.baseUrl, environment.region, config.trustedHosts);
        if (host ?? path)
          return failed(part, `baseUrl: ${host ?? path}`, 'Correct baseUrl or region; nothing was sent');
        const fact = await readKeyFingerprint(clients.of(environment.name), () => {});
        if (fact.known) return passed(part, `credentials accepted at ${new URL(environment.baseUrl).host}`);
        const refused = accessRefused(fact, environment);
        if (refused) return failed(part, refused.actual, refused.remedy);
        return { part, state: 'unknown', detail: fact.reason, remedy: remedyFor(fact) };
      }),
    );
  } finally {
    await clients.close();
  }
}

/** Requests the public URL from this machine. SpotDraft may take another route, so a failure is `unknown` and not `broken`. */
export async function probePublicUrl({ publicUrl }: Config): Promise<Diagnosis> {
  const part = 'public URL';
  if (!publicUrl) return passed(part, 'not configured, so it was not tried');
  const agent = new Agent();
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const { statusCode, body } = await request(`${publicUrl}/healthz`, { signal, dispatcher: agent });
    const text = await body.text();
    if (statusCode === 200 && text === '{"status":"ok"}')
      return passed(part, `${publicUrl} reaches a running Envcheck`);
    return {
      part,
      state: 'unknown',
      detail: `${publicUrl}/healthz answered ${statusCode}, but not as Envcheck does`,
      remedy: 'Start Envcheck, and point the proxy for this URL at its port',
    };
  } catch (error) {
    const detail = `${publicUrl}/healthz: ${innermostMessage(error)}`;
    const remedy =
      'Start Envcheck, and check DNS and the proxy for this URL; SpotDraft must reach it from the internet';
    return { part, state: 'unknown', detail, remedy };
  } finally {
    await agent.destroy();
  }
}
