import { saveSnapshot } from '../store/snapshots.ts';
import type { Snapshot } from '../workspace/snapshot.ts';
import type { InspectDependencies } from './check-environment.ts';

/** False when the database did not take it, which is logged: what was read is no worse for that. */
export async function keepSnapshot(
  { db, logger }: Pick<InspectDependencies, 'db' | 'logger'>,
  environment: string,
  takenAt: number,
  snapshot: Snapshot,
): Promise<boolean> {
  try {
    await saveSnapshot(db, environment, takenAt, snapshot);
    return true;
  } catch (error) {
    logger.error({ err: error, environment }, 'snapshot not kept');
    return false;
  }
}
