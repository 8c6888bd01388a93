import { setImmediate } from 'node:timers/promises';
import type { TestContext } from 'vitest';
import type { StoredMessage } from '../../sandbox/slack/server.ts';
import { startWorld, type World, type WorldOptions } from '../../sandbox/world.ts';
import type { Config } from '../../src/config/config.ts';
import { actionIds } from '../../src/slack/action-ids.ts';
import { slackPace as botPace } from '../../src/slack/bolt.ts';
import { fillLog } from '../event-log.ts';

export type Mode = 'socket' | 'http';

export const GENERAL = 'C0GENERAL';
/** A public channel without the bot. */
export const NO_BOT = 'C0NOBOT';
/** A private channel without the bot. */
export const SECRET = 'G0SECRET';
export const ALICE = 'U0ALICE';
export const BOB = 'U0BOB';

export interface SceneOptions extends Pick<WorldOptions, 'arrivalWaitMs' | 'clock' | 'reportsTickMs'> {
  mode?: Mode;
  /** `whole`: Northwind's requirements, about 17 reads per check. `small` (default): no requirements, 3 reads. */
  size?: 'whole' | 'small';
  /** Delay of every answer of SpotDraft, ms. */
  latencyMs?: number;
  adjust?: (config: Config) => Config;
  /** The log holds the expected deliveries of both environments; default: true. */
  delivered?: boolean;
  /** The test makes Slack refuse messages. Without it, a refused message fails the test. */
  refuses?: boolean;
  /** Time limit of a call to Slack, ms; default: the bot's own. */
  slackTimeoutMs?: number;
}

/** Delays are short and reading is not paced: the tests are about outcomes, not about waiting. */
const FAST = {
  requestsPerSecond: 100_000,
  retry: { baseDelayMs: 20 },
  finishMs: 1_500,
  slackPace: { ...botPace, retryDelayMs: 50, home: { gapMs: 100, pollIntervalMs: 250 } },
};

/** The real bot between a simulated Slack, SpotDraft and integration. */
export interface Scene extends World {
  config: Config;
  /** Base URL of the bot's server. */
  url: string;
  /** Log lines, parsed. */
  logs: Record<string, unknown>[];
  /** Waits until the newest message of a channel, or the one with this `ts`, is a report. */
  report(options?: { channel?: string; ts?: string; timeoutMs?: number }): Promise<StoredMessage>;
  /** Waits for a private report; returns the newest. */
  privateReport(options?: { channel?: string; user?: string; timeoutMs?: number }): Promise<StoredMessage>;
  /** Texts of all messages of this kind, in order. */
  shown(kind: 'post' | 'update' | 'ephemeral'): string[];
}

/** Starts the bot and what surrounds it. All of it stops at the end of the test. */
export async function openScene({ onTestFinished }: TestContext, options: SceneOptions = {}): Promise<Scene> {
  const { mode = 'socket', size = 'small', latencyMs = 0, delivered = true, ...others } = options;
  const {
    adjust = (config: Config) => config,
    refuses = false,
    slackTimeoutMs: limit,
    ...overrides
  } = others;
  const logs: Record<string, unknown>[] = [];
  const logDestination = { write: (line: string) => void logs.push(JSON.parse(line)) };
  const slackPace = limit
    ? { ...FAST.slackPace, callTimeoutMs: limit, progressTimeoutMs: limit }
    : FAST.slackPace;
  const world = await startWorld({ ...FAST, ...overrides, slackPace, logDestination });
  onTestFinished(() => world.stop());
  if (!refuses) onTestFinished(() => expectNoRefusedMessages(logs));
  const written = world.configure({ sharedWebhookUrl: true, slackMode: mode });
  const sized = size === 'small' ? withoutRequirements(written) : written;
  const chosen = adjust({ ...sized, limits: { requestsPerSecond: 10_000 } });
  const config: Config = { ...chosen, logLevel: 'warn' };
  if (latencyMs > 0) world.spotdraft.faults.add({ fault: { kind: 'slow', ms: latencyMs } });
  if (delivered) await fillLog(config, [world.uat, world.prod]);
  const { url } = await world.startBot(config);
  // The bot and the test share a thread: a write of the test would wait in vain for a transaction of the first tick.
  await setImmediate();
  const { slack } = world;
  return {
    ...world,
    config,
    url,
    logs,
    report: ({ channel = GENERAL, ts, timeoutMs = 15_000 } = {}) =>
      slack.waitFor(() => {
        const messages = slack.messages(channel);
        const message = ts ? messages.find((each) => each.ts === ts) : messages.at(-1);
        return message && isReport(message) && message;
      }, timeoutMs),
    privateReport: ({ channel = GENERAL, user = ALICE, timeoutMs = 15_000 } = {}) =>
      slack.waitFor(() => slack.ephemerals(channel, user).filter(isReport).at(-1), timeoutMs),
    shown: (kind) => slack.history.filter((entry) => entry.kind === kind).map(({ text }) => text),
  };
}

/** A message whose blocks Slack refuses arrives as text alone, which a test that reads the text would not notice. */
function expectNoRefusedMessages(logs: Scene['logs']): void {
  const refused = logs.find((line) =>
    // A response URL answers 400 when it refuses the blocks, and 404 when it is used up.
    /"statusCode":400|invalid_blocks|invalid_arguments/.test(JSON.stringify(line)),
  );
  if (refused) throw new Error(`Slack did not take a message of ours: ${JSON.stringify(refused)}`);
}

/** No requirements and no model, so that a check needs few reads. One check fails, since both environments share a receiver URL. */
export const withoutRequirements = (config: Config): Config => ({
  ...config,
  // Failures are counted day by day, and 90 days are 180 queries.
  log: { ...config.log, keepMs: 7 * 86_400_000 },
  externalMetadata: null,
  requires: {
    contractTypes: [],
    templates: [],
    workflows: [],
    roles: [],
    users: [],
    featureFlags: [],
    logging: { requests: 'reported', retries: 'reported' },
  },
  notApplicable: (['configuration', 'external-metadata'] as const).map((item) => ({
    item,
    reason: 'these tests need none',
    environments: null,
  })),
  // Production is no model of itself: with a model, it would be compared with it before every verdict.
  promotion: { ...config.promotion, from: 'prod' },
  environments: config.environments.map((environment) => ({
    ...environment,
    workspaceId: null,
    routing: null,
  })),
});

const VERDICT = /^(?:✅|❌|❔) \S+(?: \(production\))?: (?:ready|not ready|could not tell)\. \d+ \w+/u;

/** "❌ prod (production): not ready. 2 failed, 6 passed, …" */
export const isReport = ({ text }: { text: string }): boolean => VERDICT.test(text);

/** The blocks as JSON. */
export const blocksOf = (message: { blocks: unknown[] }): string => JSON.stringify(message.blocks);

/** Number of requests to SpotDraft with an environment's credentials. */
export const readsOf = ({ spotdraft }: Pick<World, 'spotdraft'>, key: 'uat' | 'prod'): number =>
  spotdraft.traffic(key).total;

/** The id of the report that a message shows. */
export const idOf = (message: { blocks: unknown[] } | undefined): string | undefined =>
  /rpt_\w{26}/.exec(JSON.stringify(message?.blocks))?.[0];

/** Gives each environment a receiver URL of its own, which makes the two failing checks pass. */
export const withOwnWebhooks = (config: Config): Config => ({
  ...config,
  environments: config.environments.map((environment) => ({
    ...environment,
    webhooks: environment.webhooks && {
      ...environment.webhooks,
      url: `https://envcheck.northwind.example/webhooks/${environment.name}`,
    },
  })),
});

/** Waits for a complete report in the channel or private to Alice. */
export const reportAnywhere = (
  { slack }: Scene,
  channel = GENERAL,
  timeoutMs = 40_000,
): Promise<StoredMessage> =>
  slack.waitFor(
    () =>
      [...slack.messages(channel), ...slack.ephemerals(channel, ALICE)].find(
        (message) => isReport(message) && blocksOf(message).includes(actionIds.recheck),
      ),
    timeoutMs,
  );
