import { type DestinationStream, type Logger, pino, destination as pinoDestination } from 'pino';
import { createWaivers, type Waivers } from './approvals/waivers/waivers.ts';
import type { Config } from './config/config.ts';
import { configuredSecrets } from './config/configured-secrets.ts';
import { withoutSecrets } from './config/secret.ts';
import { createNoticeWatch } from './digests/notices/watch.ts';
import { createTrends, type Trends } from './digests/trend/trends.ts';
import { createFailures, type Failures } from './events/failures/failures.ts';
import { createLogReader, type LogReader } from './events/find/log-reader.ts';
import type { Outage } from './events/log/delivery.ts';
import { limitStorageFailures } from './events/log/storage-failures.ts';
import { createDrift, type Drift } from './inspect/compare-environments.ts';
import { type Checker, createChecker } from './inspect/run-checks.ts';
import { slackPresenter } from './slack/blocks/digest-presenter.ts';
import { defaultRetryPolicy, type RetryPolicy } from './spotdraft/attempts.ts';
import { type ApiCall, documentedTimeouts } from './spotdraft/client.ts';
import { type Clients, createClients } from './spotdraft/clients.ts';
import { insertApiCall } from './store/api-calls.ts';
import { type Database, refuseOtherDatabase } from './store/database.ts';
import { migrate } from './store/migrate.ts';
import type { Opening } from './store/sqlite.ts';
import { openStore, type StoreFile } from './store/store-file.ts';
import { type Clock, systemClock } from './time/clock.ts';
import { createFarClocks, type FarClocks } from './time/far-clocks.ts';
import { createProber } from './workspace/receivers/prober.ts';

/** Parts that tests replace. Everything else is the same as in production. */
export interface CoreOverrides {
  clock?: Clock;
  /** The destination of log lines; standard error by default, because standard output is for results. */
  logDestination?: DestinationStream;
  retry?: RetryPolicy;
  /** Time limit of an attempt, from the one in the endpoint table; both in ms. */
  timeoutMs?: (documented: number) => number;
  /** PEM of an additional certificate authority, for a SpotDraft behind a test certificate. */
  ca?: string;
}

/** The parts that every command needs: store, clients and checks. No Slack, no server. */
export interface Core {
  db: Database;
  store: StoreFile;
  checker: Checker;
  drift: Drift;
  waivers: Waivers;
  failures: Failures;
  trends: Trends;
  clients: Clients;
  log: LogReader;
  /** Verified deliveries that the log did not take yet. A process that receives sets it. */
  unstored: { settle(): Promise<readonly Outage[]> };
  logger: Logger;
  clock: Clock;
  farClocks: FarClocks;
  close(): Promise<void>;
}

/**
 * Opens the store (and brings it up to date) and prepares the clients. Throws StoreError when the store is unusable, or
 * missing under `existing`. `called` is called after every call to SpotDraft; it must not throw.
 */
export async function openCore(
  config: Config,
  overrides: CoreOverrides = {},
  opening: Opening = 'create',
  called: (call: ApiCall) => void = () => {},
): Promise<Core> {
  const clock = overrides.clock ?? systemClock;
  const logger = createLogger(
    config,
    clock,
    overrides.logDestination ?? pinoDestination({ dest: 2, sync: true }),
  );
  const releases = createReleases();
  const close = async () => {
    for (const { name, error } of await releases.releaseAll())
      logger.error({ err: error, name }, 'not closed cleanly');
  };
  try {
    const store = openStore(config.database, opening);
    const { db } = store;
    releases.add('database', () => db.destroy());
    if (opening === 'existing') await refuseOtherDatabase(db, config.database);
    await migrate(db, clock);
    const farClocks = createFarClocks(clock);
    const clients = createClients(config, {
      clock,
      farClocks,
      retry: overrides.retry ?? defaultRetryPolicy,
      timeoutMs: overrides.timeoutMs ?? documentedTimeouts,
      ca: overrides.ca ?? null,
      log: (call) => {
        called(call);
        // The command that looks only reads the log: it must answer on a full disk, and while another process writes.
        if (call.isLook && opening === 'existing') return Promise.resolve();
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
    const notices = createNoticeWatch({ ...dependencies, presenter: slackPresenter });
    const drift = createDrift(dependencies);
    const checker = createChecker(dependencies, drift, (report) => notices.afterReport(report, clock.now()));
    const waivers = createWaivers(dependencies);
    const failures = createFailures(dependencies);
    const trends = createTrends({ config, db, clock });
    const unstored: Core['unstored'] = { settle: async () => [] };
    const log = createLogReader(db, config, clock, clients.of, async () => ({
      isLost: store.lost() !== null,
      outages: await unstored.settle(),
    }));
    const services = { checker, drift, waivers, failures, trends, clients, log };
    return { db, store, ...services, unstored, logger, clock, farClocks, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Creates the logger, the one place that keeps secrets out of the log. A `Secret` prints itself masked; a secret that
 * reaches a line in another way, such as in an error message of a library, is masked here before the line is written.
 */
function createLogger(config: Config, clock: Clock, destination: DestinationStream): Logger {
  const secrets = configuredSecrets(config);
  const masking: DestinationStream = { write: (line) => destination.write(withoutSecrets(line, secrets)) };
  const hooks = { logMethod: limitStorageFailures(clock) };
  return pino(
    { level: config.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime, hooks },
    masking,
  );
}

/** Acquired resources. They are released once, last-in first-out, and a release that fails does not stop the others. */
export interface Releases {
  add(name: string, release: () => Promise<void> | void): void;
  /** Failures by name, for the log. */
  releaseAll(): Promise<{ name: string; error: unknown }[]>;
}

export function createReleases(): Releases {
  const stack: { name: string; release: () => Promise<void> | void }[] = [];
  return {
    add: (name, release) => stack.push({ name, release }),
    async releaseAll() {
      const failures: { name: string; error: unknown }[] = [];
      for (let entry = stack.pop(); entry; entry = stack.pop()) {
        try {
          await entry.release();
        } catch (error) {
          failures.push({ name: entry.name, error });
        }
      }
      return failures;
    },
  };
}
