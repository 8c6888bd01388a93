import { statSync } from 'node:fs';
import type { Config } from '../config/config.ts';
import { VERSION } from '../config/version.ts';
import { outboxState } from '../digests/outbox/outbox.ts';
import { type ReportsOverview, reportsOverview } from '../digests/schedule/overview.ts';
import type { Database } from '../store/database.ts';
import { newestVerifiedAt } from '../store/deliveries.ts';
import type { OutboxState } from '../store/outbox-state.ts';
import type { Clock } from '../time/clock.ts';

/** How Envcheck itself does. */
export interface BotHealth {
  version: string;
  /** Of the file with its write-ahead log; null: it cannot be measured. */
  databaseBytes: number | null;
  reports: ReportsOverview;
  outbox: OutboxState;
  /** In the order of the config. `at`: epoch ms of the newest verified delivery; null: the log has none. */
  deliveries: { environment: string; production: boolean; receives: boolean; at: number | null }[];
}

/** Throws where the database does not answer. */
export async function readBotHealth(
  { db, clock }: { db: Database; clock: Clock },
  config: Config,
): Promise<BotHealth> {
  return {
    version: VERSION,
    databaseBytes: sizeOf(config.database),
    reports: await reportsOverview(db, config, clock),
    outbox: await outboxState(db, clock),
    deliveries: await Promise.all(
      config.environments.map(async ({ name, production, webhooks }) => ({
        environment: name,
        production,
        receives: webhooks !== null,
        at: await newestVerifiedAt(db, name),
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
