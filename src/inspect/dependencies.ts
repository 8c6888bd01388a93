import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import type { SpotDraftReader } from '../spotdraft/client.ts';
import type { Database } from '../store/database.ts';
import type { Clock } from '../time/clock.ts';
import type { Prober } from '../workspace/receivers/prober.ts';

/** Dependencies of checks and comparisons, built by the composition root. */
export interface InspectDependencies {
  config: Config;
  db: Database;
  clock: Clock;
  logger: Logger;
  clientOf(environment: string): SpotDraftReader;
  prober: Prober;
}
