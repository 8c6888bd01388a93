import { type DestinationStream, type Logger, destination as pinoDestination } from 'pino';
import { type Checker, createChecker } from './checker/checker.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Config } from './config/config.ts';
import { configuredSecrets } from './config/configured-secrets.ts';
import { createDrift, type Drift } from './drift/drift.ts';
import { createLogReader, type LogReader } from './eventlog/log-reader.ts';
import { createFailures, type Failures } from './failures/failures.ts';
import { createLogger } from './logger.ts';
import { createProber } from './receivers/prober.ts';
import { createReleases } from './releases.ts';
import { createNoticeWatch } from './reports/watch.ts';
import { defaultRetryPolicy, type RetryPolicy } from './spotdraft/attempts.ts';
import { type ApiCall, documentedTimeouts } from './spotdraft/client.ts';
import { type Clients, createClients } from './spotdraft/clients.ts';
import { insertApiCall } from './store/api-calls.ts';
import { type Database, openDatabase } from './store/database.ts';
import { migrate } from './store/migrate.ts';
import { createTrends, type Trends } from './trend/trends.ts';
import { createWaivers, type Waivers } from './waivers/waivers.ts';

/** What a test replaces; everything else is the same as in production. */
export interface CoreOverrides {
  clock?: Clock;
  /** Where log lines go; standard error by default, since standard output belongs to results. */
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
  overrides: CoreOverrides = {},
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
