import { type DestinationStream, type Logger, destination as pinoDestination } from 'pino';
import { type Checker, createChecker } from './checker/checker.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Config } from './config/config.ts';
import { configuredSecrets } from './config/configured-secrets.ts';
import { createDrift, type Drift } from './drift/drift.ts';
import { startWatch } from './drift/watch.ts';
import { createLogReader, type LogReader } from './eventlog/log-reader.ts';
import { createRecorder } from './eventlog/recorder.ts';
import { createRejections } from './eventlog/rejections.ts';
import { startRetention } from './eventlog/retention.ts';
import { createWebhookKeys } from './eventlog/webhook-keys.ts';
import { createFailures, type Failures } from './failures/failures.ts';
import { gatherHome } from './home/gather.ts';
import { reportSections } from './home/report-sections.ts';
import { createServer } from './http/server.ts';
import type { WebhookReceivers } from './http/webhooks.ts';
import { createLogger } from './logger.ts';
import type { Metrics } from './metrics/metrics.ts';
import { createProber } from './receivers/prober.ts';
import { createReleases } from './releases.ts';
import { createMakeReport } from './reports/digest.ts';
import { outboxState } from './reports/outbox.ts';
import { sendReminders } from './reports/reminders.ts';
import { createReporting, REPORTS_TICK_MS } from './reports/reporting.ts';
import { createSubscriptionDesk } from './reports/subscribe.ts';
import { createNoticeWatch } from './reports/watch.ts';
import { createSignOffs } from './sign-offs/sign-offs.ts';
import { createSlackBot, SLACK_PATH } from './slack/bolt.ts';
import { defaultRetryPolicy, type RetryPolicy } from './spotdraft/attempts.ts';
import { type ApiCall, documentedTimeouts } from './spotdraft/client.ts';
import { type Clients, createClients } from './spotdraft/clients.ts';
import { mapFact } from './spotdraft/fact.ts';
import { insertApiCall } from './store/api-calls.ts';
import { type Database, openDatabase } from './store/database.ts';
import { migrate } from './store/migrate.ts';
import { saveReceiverKey } from './store/receiver-keys.ts';
import { createTrends, type Trends } from './trend/trends.ts';
import { createWaivers, type Waivers } from './waivers/waivers.ts';
import { createRegistrations } from './webhooks/registrations.ts';
import { AWAITED_MS } from './webhooks/retrigger.ts';
import { fingerprintOf } from './workspace/webhook-key.ts';

/** What a test replaces; everything else is the same as in production. */
export interface Overrides {
  clock?: Clock;
  /** Where log lines go; standard error by default, since standard output belongs to results. */
  logDestination?: DestinationStream;
  retry?: RetryPolicy;
  /** Time limit of an attempt, from the one in the endpoint table; both in ms. */
  timeoutMs?: (documented: number) => number;
  /** How often it is looked whether a check or a comparison is due, ms. */
  lookEveryMs?: number;
  /** How long a re-triggered delivery is waited for, ms. */
  arrivalWaitMs?: number;
  /** PEM of an additional certificate authority, for a SpotDraft behind a test certificate. */
  ca?: string;
  /** How often schedule and outbox ask the clock, ms. */
  reportsTickMs?: number;
}

/** The parts that every command needs: store, clients and checks. No Slack, no server. */
export interface Core {
  db: Database;
  checker: Checker;
  drift: Drift;
  waivers: Waivers;
  failures: Failures;
  trends: Trends;
  clients: Clients;
  log: LogReader;
  logger: Logger;
  clock: Clock;
  close(): Promise<void>;
}

/**
 * Opens the store (and brings it up to date) and prepares the clients. Throws StoreError when the store is unusable.
 * `called` is told of every call to SpotDraft that has ended; it must not throw.
 */
export async function openCore(
  config: Config,
  overrides: Overrides = {},
  called: (call: ApiCall) => void = () => {},
): Promise<Core> {
  const clock = overrides.clock ?? systemClock;
  const logger = createLogger(
    config.logLevel,
    configuredSecrets(config),
    overrides.logDestination ?? pinoDestination({ dest: 2, sync: true }),
  );
  const releases = createReleases();
  const close = async () => {
    for (const { name, error } of await releases.releaseAll())
      logger.error({ err: error, name }, 'not closed cleanly');
  };
  try {
    const db = openDatabase(config.database);
    releases.add('database', () => db.destroy());
    await migrate(db, clock);
    const clients = createClients(config, {
      clock,
      retry: overrides.retry ?? defaultRetryPolicy,
      timeoutMs: overrides.timeoutMs ?? documentedTimeouts,
      ca: overrides.ca ?? null,
      log: (call) => {
        called(call);
        return insertApiCall(db, call).catch((error) =>
          logger.error({ err: error, callId: call.callId }, 'api call not logged'),
        );
      },
    });
    releases.add('connections to SpotDraft', () => clients.close());
    const prober = createProber({
      config,
      clock,
      timeoutMs: overrides.timeoutMs ?? documentedTimeouts,
      ca: overrides.ca ?? null,
    });
    releases.add('connections to receivers', () => prober.close());
    const dependencies = { config, db, clock, logger, clientOf: clients.of, prober };
    const notices = createNoticeWatch(dependencies);
    const checker = createChecker(dependencies, (report) => notices.afterReport(report, clock.now()));
    const drift = createDrift(dependencies);
    const waivers = createWaivers(dependencies);
    const failures = createFailures(dependencies);
    const trends = createTrends({ config, db, clock });
    const log = createLogReader(db, config, clock);
    return { db, checker, drift, waivers, failures, trends, clients, log, logger, clock, close };
  } catch (error) {
    await close();
    throw error;
  }
}

export interface App {
  /** Resolves when requests are taken. */
  start(): Promise<{ url: string }>;
  /** Finishes what runs, for at most 8 s, then closes everything. */
  stop(): Promise<void>;
}

const FINISH_MS = 8_000;
const LOOK_EVERY_MS = 30_000;

/** The whole program: store, checks, Slack, HTTP. Nothing is opened before `start`; a start that fails closes again. */
export function createApp(config: Config, overrides: Overrides = {}): App {
  const releases = createReleases();
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
        const { createMetrics } = await import('./metrics/metrics.ts');
        const metrics = createMetrics(config.environments.map(({ name }) => name));
        const core = await openCore(config, overrides, metrics.called);
        logger = core.logger;
        releases.add('core', core.close);
        const slack = await createSlackBot({
          settings,
          config,
          checker: core.checker,
          drift: core.drift,
          trends: core.trends,
          waivers: core.waivers,
          failures: core.failures,
          log: core.log,
          registrations: createRegistrations({ config, ...core, clientOf: core.clients.of }),
          gatherHome: () => gatherHome({ ...core, config, sections: reportSections({ ...core, config }) }),
          arrivalWaitMs: overrides.arrivalWaitMs ?? AWAITED_MS,
          desk: createSubscriptionDesk(core),
          db: core.db,
          signOffs: createSignOffs({ ...core, config }),
          clock: core.clock,
          logger,
        });
        const receivers = createReceivers(config, core, metrics);
        const { recorder } = receivers;
        releases.add('event log', () => recorder.close());
        metrics.observe({ db: core.db, clock: core.clock, depth: recorder.depth });
        const retention = startRetention({ ...core, recorder }, config.log.keepMs);
        releases.add('retention', () => retention.stop());
        const watch = startWatch(
          { ...core, config, alsoDue: () => sendReminders({ ...core, config }) },
          overrides.lookEveryMs ?? LOOK_EVERY_MS,
        );
        releases.add('watch', () => watch.stop());
        const reporting = createReporting({
          ...core,
          config,
          courier: slack.courier,
          botName: slack.botName,
          makeReport: createMakeReport({ config, ...core }),
          tickMs: overrides.reportsTickMs ?? REPORTS_TICK_MS,
        });
        releases.add('reports', () => reporting.stop(FINISH_MS));
        const server = createServer({
          logger,
          details: { outbox: () => outboxState(core.db, core.clock) },
          receivers,
          intake: { ...config.log, environments: config.environments, recorder, clock: core.clock },
          metrics,
          readiness: {
            database: async () => recorder.trouble() ?? (await databaseState(core.db)),
            slack: () => (slack.connected() ? null : 'no connection'),
          },
          mounted: slack.requestListener && { path: SLACK_PATH, listener: slack.requestListener },
        });
        releases.add('HTTP server', () => server.close());
        releases.add('answers', () => slack.open.settle(FINISH_MS));
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
  return {
    environments,
    keys: createWebhookKeys(readKey, clock, noteKey),
    recorder,
    rejections: createRejections(recorder, clock, (error) =>
      logger.error({ err: error }, 'sample of a refused delivery not kept'),
    ),
    clock,
    metrics,
  };
}

/** Null: it answers. */
async function databaseState(db: Database): Promise<string | null> {
  try {
    await db.selectFrom('migrations').select('name').limit(1).execute();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
