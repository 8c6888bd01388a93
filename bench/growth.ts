import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { openDatabase } from '../src/store/database.ts';
import { migrate } from '../src/store/migrate.ts';
import { saveSnapshot } from '../src/store/snapshots.ts';
import type { SnapshotContent } from '../src/workspace/snapshot.ts';
import type { Figure } from './figure.ts';

const HOURS = 24;
const HOUR_MS = 3_600_000;

/** Stores a day of hourly snapshots of two environments, unchanged and each different. */
export async function measureGrowth(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'envcheck-bench-'));
  try {
    const unchanged = await grow(join(folder, 'unchanged.db'), () => 0);
    const changing = await grow(join(folder, 'changing.db'), (hour) => hour);
    return [
      {
        name: 'growth by a day of unchanged hourly snapshots, two environments',
        measured: `${Math.round(unchanged / 1000)} kB`,
        reference: `${Math.round(changing / 1000)} kB: the same number of snapshots, each different`,
        ratio: (unchanged / changing).toFixed(2),
        goal: '< 100 kB',
        note: 'only snapshots and their readings; the log of API calls grows with the number of calls.',
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function grow(file: string, variantAt: (hour: number) => number): Promise<number> {
  const db = openDatabase(file);
  await migrate(db, { now: () => 0 });
  const size = async () => {
    await sql`pragma wal_checkpoint(truncate)`.execute(db);
    return statSync(file).size;
  };
  for (const environment of ['uat', 'prod'])
    await saveSnapshot(db, environment, 0, snapshot(environment, variantAt(0)));
  const before = await size();
  for (let hour = 1; hour <= HOURS; hour += 1)
    for (const environment of ['uat', 'prod'])
      await saveSnapshot(db, environment, hour * HOUR_MS, snapshot(environment, variantAt(hour)));
  const after = await size();
  await db.destroy();
  return after - before;
}

/** About as large as a workspace with 200 templates. */
function snapshot(environment: string, variant: number): { hash: string; content: SnapshotContent } {
  const templates = Array.from({ length: 200 }, (_, index) => ({
    name: `Template ${index} of ${environment}, variant ${variant}`,
    contractType: `Contract type ${index % 40}`,
  }));
  return { hash: `${environment}-${variant}`, content: { version: 1, templates: { known: templates } } };
}
