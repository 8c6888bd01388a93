import type { Environment } from '../../config/config.ts';
import type { Database } from '../../store/database.ts';
import { progressOf, reconciliationOf } from '../../store/reconciliations.ts';
import { unknownReasons } from './gather-missing.ts';
import { judgedMissing } from './missing-states.ts';
import { isReconciled } from './reconcile.ts';

/** The newest comparison of an environment's contracts in SpotDraft with the log. Times are epoch ms. */
export interface Comparison {
  isExpected: boolean;
  /** When it was begun; null: never. */
  triedAt: number | null;
  /** The newest complete one, with the executed contracts that it saw; null: none was complete. */
  complete: { at: number; contracts: number } | null;
  /** Contracts without their event now. */
  missing: number;
  /** Why something is not known; empty when all is. */
  unknown: string[];
}

/** Reads it from the database. `since`: start of what the log keeps, epoch ms. */
export async function readComparison(
  db: Database,
  environment: Environment,
  since: number,
): Promise<Comparison> {
  const row = await reconciliationOf(db, environment.name);
  const { missing, doubts } = await judgedMissing(db, environment.name, since);
  return {
    isExpected: isReconciled(environment),
    triedAt: row?.tried_at ?? null,
    complete: progressOf(row ?? null)?.last ?? null,
    missing: missing.filter(({ state }) => state === 'missing').length,
    unknown: row ? unknownReasons(row, doubts) : [],
  };
}
