import type { TestContext } from 'vitest';
import type { StoredMessage } from '../../sandbox/slack/server.ts';
import { startWorld, type World } from '../../sandbox/world.ts';
import type { Config } from '../../src/config/config.ts';
import { actionIds } from '../../src/slack/action-ids.ts';
import { slackPace } from '../../src/slack/bolt.ts';
import type { Clock } from '../../src/time/clock.ts';
import { fillLog } from '../event-log.ts';

export type Mode = 'socket' | 'http';

export const GENERAL = 'C0GENERAL';
/** Public, and the bot is not in it. */
export const NO_BOT = 'C0NOBOT';
/** Private, and the bot is not in it. */
export const SECRET = 'G0SECRET';
export const ALICE = 'U0ALICE';
export const BOB = 'U0BOB';

export interface SceneOptions {
  mode?: Mode;
  /** `whole`: Northwind's requirements, about 17 reads. `small` (default): the credentials alone, 3 reads. */
  size?: 'whole' | 'small';
  /** Every answer of SpotDraft comes this much later. */
  latencyMs?: number;
  adjust?: (config: Config) => Config;
  /** The bot's; default: the system's. */
  clock?: Clock;
  /** Whether webhooks have arrived before; default true. */
  delivered?: boolean;
  /** The test makes Slack refuse messages for their blocks. Else one that it refuses is a defect of ours. */
  refuses?: boolean;
  /** How long a re-triggered delivery is waited for. */
  arrivalWaitMs?: number;
  /** Time limit of a call to Slack; default: the bot's own. */
  slackTimeoutMs?: number;
}

/** No test but one of its own is about how long the bot waits: short delays, and nothing limits how fast is read. */
const FAST = {
  requestsPerSecond: 100_000,
  retry: { baseDelayMs: 20 },
  finishMs: 1_500,
  slackPace: { ...slackPace, retryDelayMs: 50, home: { gapMs: 100, lookEveryMs: 250 } },
};

/** The real bot between simulated far sides, and what a test looks at. */
export interface Scene extends World {
  config: Config;
  /** Where the bot listens. */
  url: string;
  /** Log lines, parsed. */
  logs: Record<string, unknown>[];
  /** The newest message of a channel once it is a report, or the one with this timestamp. */
  report(options?: { channel?: string; ts?: string; timeoutMs?: number }): Promise<StoredMessage>;
  /** The newest private report. */
  privateReport(options?: { channel?: string; user?: string; timeoutMs?: number }): Promise<StoredMessage>;
  /** Texts of everything that was shown, in the order in which it was. */
  shown(kind: 'post' | 'update' | 'ephemeral'): string[];
}

/** Starts everything; the end of the test stops it. */
export async function openScene({ onTestFinished }: TestContext, options: SceneOptions = {}): Promise<Scene> {
  const { mode = 'socket', size = 'small', latencyMs = 0 } = options;
  const { adjust = (config: Config) => config } = options;
  const logs: Record<string, unknown>[] = [];
  const logDestination = { write: (line: string) => void logs.push(JSON.parse(line)) };
  const { arrivalWaitMs, slackTimeoutMs: limit, clock } = options;
  const world = await startWorld({
    ...FAST,
    logDestination,
    ...(arrivalWaitMs === undefined ? {} : { arrivalWaitMs }),
    ...(limit === undefined
      ? {}
      : { slackPace: { ...FAST.slackPace, callTimeoutMs: limit, progressTimeoutMs: limit } }),
    ...(clock ? { clock } : {}),
  });
  onTestFinished(() => world.stop());
  if (!options.refuses) onTestFinished(() => expectNoRefusedMessages(logs));
  const written = world.configure({ sharedWebhookUrl: true, slackMode: mode });
  const sized = size === 'small' ? withoutRequirements(written) : written;
  const chosen = adjust({ ...sized, limits: { requestsPerSecond: 10_000 } });
  const config: Config = { ...chosen, logLevel: 'warn' };
  if (latencyMs > 0) world.spotdraft.faults.add({ fault: { kind: 'slow', ms: latencyMs } });
  if (options.delivered ?? true) await fillLog(config, [world.uat, world.prod]);
  const { url } = await world.startBot(config);
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

/** Where Slack does not take the blocks, people get the text alone, and a test that reads it sees no difference. */
function expectNoRefusedMessages(logs: Scene['logs']): void {
  const refused = logs.find((line) =>
    // A response URL answers 404 once it is used up, and 400 where it does not take the blocks.
    /"statusCode":400|invalid_blocks|invalid_arguments/.test(JSON.stringify(line)),
  );
  if (refused) throw new Error(`Slack did not take a message of ours: ${JSON.stringify(refused)}`);
}

/** Little to read, for what is about Slack and not about the checks. Two checks fail: both URLs are the same. */
export const withoutRequirements = (config: Config): Config => ({
  ...config,
  // Failures are counted day by day, and 90 days are 180 queries.
  log: { ...config.log, keepMs: 7 * 86_400_000 },
  externalMetadata: null,
  requires: { contractTypes: [], templates: [], workflows: [], roles: [], users: [], featureFlags: [] },
  environments: config.environments.map((environment) => ({ ...environment, workspaceId: null })),
});

const VERDICT = /^(?:✅|❌|❔) \S+(?: \(production\))?: (?:ready|not ready|could not tell)\. \d+ \w+/u;

/** "❌ prod (production): not ready. 2 failed, 6 passed, …" */
export const isReport = ({ text }: { text: string }): boolean => VERDICT.test(text);

/** The blocks as JSON, to look for words and ids in. */
export const blocksOf = (message: { blocks: unknown[] }): string => JSON.stringify(message.blocks);

/** How often SpotDraft was read with an environment's credentials. */
export const readsOf = ({ spotdraft }: Pick<World, 'spotdraft'>, key: 'uat' | 'prod'): number =>
  spotdraft.traffic(key).total;

/** The id of the report that a message shows. */
export const idOf = (message: { blocks: unknown[] } | undefined): string | undefined =>
  /rpt_\w{26}/.exec(JSON.stringify(message?.blocks))?.[0];

/** The mistake of the config that the failing checks are about, corrected. */
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

/** The complete report wherever it is: everybody's or the asker's own. */
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
