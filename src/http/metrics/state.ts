import { Counter, Gauge, type Registry } from 'prom-client';
import { outboxState } from '../../digests/outbox/outbox.ts';
import type { Report, Status, Verdict } from '../../readiness/report.ts';
import type { Database } from '../../store/database.ts';
import { newestVerifiedAt } from '../../store/deliveries.ts';
import { newestReportId, reportById } from '../../store/reports.ts';
import { isAhead } from '../../time/age.ts';
import type { Clock } from '../../time/clock.ts';

export interface StateSources {
  db: Database;
  clock: Clock;
  /** Number of deliveries that wait for their commit. */
  depth: () => number;
}

type Set = (labels: Record<string, string>, value: number) => void;

const verdicts = ['ready', 'not_ready', 'unknown'] as const satisfies Verdict[];
const statuses = ['pass', 'fail', 'warn', 'unknown', 'waived', 'skipped'] as const satisfies Status[];

/**
 * Metrics read from the database at every scrape, so that they survive a restart. Each is one index lookup; a report is
 * unpacked only when it has changed.
 */
export function addStateMetrics(
  registry: Registry,
  environments: readonly string[],
  { db, clock, depth }: StateSources,
): void {
  const registers = [registry];
  new Gauge({
    name: 'envcheck_delivery_queue_depth',
    help: 'Deliveries that wait for their commit',
    registers,
    collect() {
      this.set(depth());
    },
  });
  const failures = new Counter({
    name: 'envcheck_scrape_failures_total',
    help: 'Metrics that are absent from a scrape because the database could not be read',
    registers,
  });
  addOutboxMetrics(registers, { db, clock }, () => failures.inc());
  const newestOf = createNewestReports(db);
  const gauge = (
    name: string,
    help: string,
    labels: string[],
    read: (environment: string, set: Set) => Promise<void>,
  ) =>
    new Gauge({
      name,
      help,
      labelNames: ['environment', ...labels],
      registers,
      async collect() {
        // A failed read must not leave the old value.
        this.reset();
        for (const environment of environments)
          await read(environment, (own, value) => this.set({ environment, ...own }, value)).catch(() =>
            failures.inc(),
          );
      },
    });
  const ofReport =
    (read: (report: Report, set: Set) => void) =>
    async (environment: string, set: Set): Promise<void> => {
      const report = await newestOf(environment);
      if (report) read(report, set);
    };

  gauge(
    'envcheck_last_verified_delivery_timestamp_seconds',
    'Time of the newest delivery with a valid signature; absent when the log has none, or only such that are dated ahead of now',
    [],
    async (environment, set) => {
      const now = clock.now();
      const at = await newestVerifiedAt(db, environment, now);
      if (at !== null && !isAhead(at, now)) set({}, at / 1_000);
    },
  );
  gauge(
    'envcheck_report_timestamp_seconds',
    'Time of the newest report',
    [],
    ofReport(({ checkedAt }, set) => {
      if (!isAhead(checkedAt, clock.now())) set({}, checkedAt / 1_000);
    }),
  );
  gauge(
    'envcheck_verdict',
    'Verdict of the newest report: 1 for the current one, 0 for the others',
    ['verdict'],
    ofReport(({ verdict }, set) => {
      for (const each of verdicts) set({ verdict: each }, each === verdict ? 1 : 0);
    }),
  );
  gauge(
    'envcheck_check_status',
    'Status of each check in the newest report: 1 for the current one, 0 for the others',
    ['check', 'status'],
    ofReport(({ items }, set) => {
      for (const { id: check, status } of items.flatMap((item) => item.checks))
        for (const each of statuses) set({ check, status: each }, each === status ? 1 : 0);
    }),
  );
}

/** Three gauges of the outbox, from one read. */
function addOutboxMetrics(
  registers: Registry[],
  { db, clock }: Pick<StateSources, 'db' | 'clock'>,
  failed: () => void,
): void {
  const oldest = new Gauge({
    name: 'envcheck_outbox_oldest_seconds',
    help: 'Age of the oldest message waiting to be posted in Slack; 0 when none waits',
    registers,
  });
  const givenUp = new Gauge({
    name: 'envcheck_outbox_given_up',
    help: 'Messages given up in the last seven days',
    registers,
  });
  new Gauge({
    name: 'envcheck_outbox_depth',
    help: 'Messages waiting to be posted in Slack',
    registers,
    async collect() {
      try {
        const state = await outboxState(db, clock);
        this.set(state.waiting);
        oldest.set(state.oldestAt === null ? 0 : (clock.now() - state.oldestAt) / 1_000);
        givenUp.set(state.givenUp.length);
      } catch {
        for (const gauge of [this, oldest, givenUp]) gauge.remove();
        failed();
      }
    },
  });
}

/** Caches the newest report of each environment for three gauges and the next scrape. */
function createNewestReports(db: Database): (environment: string) => Promise<Report | null> {
  const last = new Map<string, Report>();
  return async (environment) => {
    const id = await newestReportId(db, environment);
    if (id === null) return null;
    const kept = last.get(environment);
    if (kept?.id === id) return kept;
    const report = await reportById<Report>(db, id);
    if (report) last.set(environment, report);
    return report;
  };
}
