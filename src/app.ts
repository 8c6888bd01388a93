import type { Logger } from 'pino';
import { createSignOffs } from './approvals/sign-offs/sign-offs.ts';
import type { Config, SlackSettings } from './config/config.ts';
import { type Core, type CoreOverrides, createReleases, openCore } from './core.ts';
import { applyConfig } from './digests/apply-config.ts';
import { createMakeReport } from './digests/digest/digest.ts';
import { noticeMissingEvents } from './digests/notices/missing-events.ts';
import { outboxState } from './digests/outbox/outbox.ts';
import { createReporting, REPORTS_TICK_MS, sendReminders } from './digests/reporting.ts';
import { createSubscriptions } from './digests/schedule/subscriptions.ts';
import { openFailures } from './events/failures/open-failures.ts';
import { reconcileDue } from './events/failures/reconcile.ts';
import { createRecorder } from './events/log/recorder.ts';
import { startRetention } from './events/log/retention.ts';
import { watchDatabase } from './events/log/watch-database.ts';
import { createRegistrations } from './events/webhooks/registrations.ts';
import { ARRIVAL_WAIT_MS } from './events/webhooks/retrigger.ts';
import { createRefusedKeeper } from './http/keep-refused.ts';
import type { Metrics } from './http/metrics/metrics.ts';
import { createMisaddressed } from './http/misaddressed.ts';
import { createOutages } from './http/outages.ts';
import { createRejections } from './http/rejections.ts';
import { createServer } from './http/server.ts';
import { createWebhookKeys } from './http/webhook-keys.ts';
import type { WebhookReceivers } from './http/webhooks.ts';
import { startWatch } from './inspect/watch-environments.ts';
import { slackPresenter } from './slack/blocks/digest-presenter.ts';
import { createSlackBot, type SlackBot, type SlackPace, slackPace } from './slack/bolt.ts';
import { SLACK_PATH } from './slack/connection.ts';
import { createHomeFailures } from './slack/home/failures.ts';
import { gatherHome } from './slack/home/gather.ts';
import { reportSections } from './slack/home/report-sections.ts';
import { mapFact } from './spotdraft/fact.ts';
import { databaseFailure } from './store/database.ts';
import { saveReceiverKey } from './store/receiver-keys.ts';
import { fingerprintOf } from './workspace/webhook-key.ts';

/** Parts that a test can replace. The rest is as in production. */
export interface Overrides extends CoreOverrides {
  /** Poll interval for due checks and comparisons, ms. */
  pollIntervalMs?: number;
  /** Timeout for a re-triggered delivery, ms. */
  arrivalWaitMs?: number;
  /** Poll interval of schedule and outbox, ms. */
  reportsTickMs?: number;
  /** Shutdown timeout, ms. Open answers and running reports each wait up to it, one after the other. */
  finishMs?: number;
  slackPace?: SlackPace;
}

export interface App {
  /** Resolves when requests are taken. */
  start(): Promise<{ url: string }>;
  /** Waits up to 8 s for open answers, then up to 8 s for running reports, and closes everything. */
  stop(): Promise<void>;
}

const FINISH_MS = 8_000;
const LOOK_EVERY_MS = 30_000;

/** The whole program: store, checks, Slack, HTTP. Nothing is opened before `start`; a start that fails closes again. */
export function createApp(config: Config, overrides: Overrides = {}): App {
  const releases = createReleases();
  const { finishMs = FINISH_MS } = overrides;
  let logger: Logger | null = null;
  const stop = async () => {
    for (const { name, error } of await releases.releaseAll())
      logger?.error({ err: error, name }, 'not closed cleanly');
  };
  return {
    stop,
    async start() {
      try {
        const settings = config.slack;
        if (!settings) throw new Error('createApp needs the Slack settings of the config');
        // Loaded only here: a command line has nobody who scrapes it, and would start slower.
        const { createMetrics } = await import('./http/metrics/metrics.ts');
        const metrics = createMetrics(config.environments.map(({ name }) => name));
        const core = await openCore(config, overrides, 'create', metrics.countCall);
        logger = core.logger;
        releases.add('core', core.close);
        const applied = await applyConfig({ ...core, config, presenter: slackPresenter });
        if (applied.renamed.length > 0 || Object.values(applied.ended).some((count) => count > 0))
          logger.info(applied, 'the config changed: history was carried over, and what is gone was ended');
        const slack = createBot(settings, config, core, overrides);
        const receivers = createReceivers(config, core, metrics);
        const { recorder } = receivers;
        core.unstored.settle = receivers.outages.settle;
        releases.add('event log', async () => {
          await receivers.outages.close();
          await receivers.rejections.close();
          await recorder.close();
        });
        const resume = () => {
          recorder.resume();
          receivers.outages.end();
        };
        const database = watchDatabase({
          ...core,
          database: config.database,
          recorder: { pause: recorder.pause, resume },
        });
        releases.add('watch of the database', () => database.stop());
        metrics.observe({ db: core.db, clock: core.clock, depth: recorder.depth });
        const retention = startRetention(
          {
            ...core,
            database: config.database,
            recorder,
            openFailures: () => openFailures({ ...core, config }),
          },
          config.log.keepMs,
        );
        releases.add('retention', () => retention.stop());
        const watch = startWatch(
          {
            ...core,
            config,
            otherDueWork: () =>
              Promise.all([
                sendReminders({ ...core, config, presenter: slackPresenter }),
                reconcileDue({ ...core, config, clientOf: core.clients.of }).then(() =>
                  noticeMissingEvents({ ...core, config, presenter: slackPresenter }),
                ),
              ]),
          },
          overrides.pollIntervalMs ?? LOOK_EVERY_MS,
        );
        releases.add('watch', () => watch.stop());
        const reporting = createReporting({
          ...core,
          config,
          courier: slack.courier,
          botName: slack.botName,
          makeReport: createMakeReport({ config, ...core, presenter: slackPresenter }),
          presenter: slackPresenter,
          tickMs: overrides.reportsTickMs ?? REPORTS_TICK_MS,
        });
        releases.add('reports', () => reporting.stop(finishMs));
        const server = createServer({
          logger,
          details: {
            outbox: () => outboxState(core.db, core.clock),
            clock: async () => [...core.farClocks.problems(), ...retention.held()].join('. ') || 'ok',
          },
          trustProxy: config.http.trustProxy,
          receivers,
          intake: {
            ...config.log,
            environments: config.environments,
            recorder,
            clock: core.clock,
          },
          metrics,
          readiness: {
            database: async () =>
              database.failure() ?? recorder.lastFailure() ?? (await databaseFailure(core.db)),
            slack: () => slack.problem(),
          },
          mounted: slack.requestListener && { path: SLACK_PATH, listener: slack.requestListener },
        });
        releases.add('HTTP server', () => server.close());
        releases.add('answers', () => slack.openAnswers.settle(finishMs));
        const url = await server.listen({ host: config.http.host, port: config.http.port });
        releases.add('Slack', () => slack.stop());
        await slack.start();
        reporting.start();
        logger.info({ url, environments: config.environments.map(({ name }) => name) }, 'Envcheck is ready');
        return { url };
      } catch (error) {
        await stop();
        throw error;
      }
    },
  };
}

function createBot(
  settings: SlackSettings,
  config: Config,
  core: Core,
  { arrivalWaitMs = ARRIVAL_WAIT_MS, slackPace: pace = slackPace }: Overrides,
): SlackBot {
  const signOffs = createSignOffs({ ...core, config });
  const failuresOf = createHomeFailures(core.failures, core.clock);
  const sections = reportSections({ ...core, config });
  return createSlackBot({
    ...core,
    settings,
    config,
    registrations: createRegistrations({ config, ...core, clientOf: core.clients.of }),
    gatherHome: () => gatherHome({ ...core, config, signOffs, failuresOf, sections }),
    arrivalWaitMs,
    pace,
    subscriptions: createSubscriptions(core),
    signOffs,
  });
}

function createReceivers(
  config: Config,
  { db, clients, clock, logger }: Core,
  metrics: Metrics,
): WebhookReceivers {
  const { environments, database, log } = config;
  const fields = environments.flatMap(({ name, webhooks }) =>
    webhooks?.eventId && 'field' in webhooks.eventId ? [[name, webhooks.eventId.field] as const] : [],
  );
  const options = { payloads: log.payloads, eventIdFields: Object.fromEntries(fields) };
  const recorder = createRecorder({ database, options });
  const readKey = async (environment: string) =>
    mapFact(await clients.of(environment).read('hmacKey', undefined), ({ hmac_key }) => hmac_key);
  // By its fingerprint a check can tell whether it is still the workspace's.
  const noteKey = (environment: string, hmacKey: string) =>
    saveReceiverKey(db, environment, { fingerprint: fingerprintOf(hmacKey), readAt: clock.now() }).catch(
      (error) => logger.error({ err: error, environment }, 'fingerprint of the key not noted'),
    );
  const keys = createWebhookKeys(
    environments.map(({ name }) => name),
    readKey,
    clock,
    noteKey,
  );
  const rejections = createRejections(recorder, clock, (error) =>
    logger.error({ err: error }, 'sample of a refused delivery not kept'),
  );
  const keeper = createRefusedKeeper({ keys, recorder, rejections, clock, metrics });
  return {
    environments,
    keys,
    recorder,
    rejections,
    keeper,
    outages: createOutages(recorder),
    misaddressed: createMisaddressed({
      environments,
      logger,
      clock,
      count: metrics.countMisaddressed,
      keeper,
    }),
    clock,
    metrics,
  };
}
