import { sql } from 'kysely';
import type { Database } from './database.ts';
import type { OutcomeRow } from './tables/event-log.ts';

/** The newest outcome that was a retry or announces one, from `since` to `until` (epoch ms UTC); null when there is none. */
export async function newestRetriedOutcome(
  db: Database,
  environment: string,
  { since, until }: { since: number; until: number },
): Promise<OutcomeRow | null> {
  const row = await db
    .selectFrom('outcomes')
    .selectAll()
    .where('environment', '=', environment)
    .where(sql<boolean>`(attempt > 1 or status = 'retrying')`)
    .where('at', '>=', since)
    .where('at', '<=', until)
    .orderBy('at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}
