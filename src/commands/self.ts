import { statSync } from 'node:fs';
import type { Config } from '../config/config.ts';
import { VERSION } from '../config/version.ts';
import { outboxState } from '../digests/outbox/outbox.ts';
import { type ReportsOverview, reportsOverview } from '../digests/schedule/overview.ts';
import { type Comparison, readComparison } from '../events/failures/comparison.ts';
import type { Database } from '../store/database.ts';
import { newestVerifiedAt } from '../store/deliveries.ts';
import type { OutboxState } from '../store/outbox-state.ts';
import type { Clock } from '../time/clock.ts';
import type { FarClocks } from '../time/far-clocks.ts';

/** The health of the bot itself: what `self` shows on every surface. */
export interface BotHealth {
  version: string;
  /** Size of the database file with its write-ahead log; null when it cannot be measured. */
  databaseBytes: number | null;
  /** Servers whose clocks disagree with this machine's. */
  clocks: string[];
  reports: ReportsOverview;
  outbox: OutboxState;
  /** One per environment, in the order of the config. `at`: time of the newest verified delivery, epoch ms; null when the log has none. */
  deliveries: { environment: string; production: boolean; receives: boolean; at: number | null }[];
  /** The newest comparison of each environment's contracts with the log. */
  comparisons: (Comparison & { environment: string; production: boolean })[];
}

/** Throws when the database does not answer. */
export async function readBotHealth(
  { db, clock, farClocks }: { db: Database; clock: Clock; farClocks: Pick<FarClocks, 'problems'> },
  config: Config,
): Promise<BotHealth> {
  return {
    version: VERSION,
    databaseBytes: sizeOf(config.database),
    clocks: farClocks.problems(),
    reports: await reportsOverview(db, config, clock),
    outbox: await outboxState(db, clock),
    deliveries: await Promise.all(
      config.environments.map(async ({ name, production, webhooks }) => ({
        environment: name,
        production,
        receives: webhooks !== null,
        at: await newestVerifiedAt(db, name, clock.now()),
      })),
    ),
    comparisons: await Promise.all(
      config.environments.map(async (environment) => ({
        environment: environment.name,
        production: environment.production,
        ...(await readComparison(db, environment, clock.now() - config.log.keepMs)),
      })),
    ),
  };
}

function sizeOf(file: string): number | null {
  try {
    return statSync(file).size + (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0);
  } catch {
    return null;
  }
}
