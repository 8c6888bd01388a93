import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { readHistory } from '../src/inspect/read-history.ts';
import { recordComparison } from '../src/inspect/track-differences.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { migrate } from '../src/store/migrate.ts';
import { unpack } from '../src/store/packed-json.ts';
import { saveSnapshot } from '../src/store/snapshots.ts';
import { compareSnapshots } from '../src/workspace/diff/compare-snapshots.ts';
import type { Comparison } from '../src/workspace/diff/difference.ts';
import { type Snapshot, snapshotOf } from '../src/workspace/snapshot.ts';
import { type Figure, ms, percentile } from './figure.ts';
import { largeConfiguration } from './large-configuration.ts';

const HOUR_MS = 3_600_000;
const HOURS = 365 * 24;
const WEEK_HOURS = 7 * 24;
const ROUNDS = 7;

/** Database growth by a year of hourly snapshots and comparisons of two environments that change weekly, and the time of `history`. */
export async function measureYear(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'envcheck-bench-'));
  try {
    const file = join(folder, 'year.db');
    const db = openDatabase(file);
    await migrate(db, { now: () => 0 });
    // Saves an fsync per hour of the year. Only the final size is measured.
    await sql`pragma synchronous = off`.execute(db);
    const size = async () => {
      await sql`pragma wal_checkpoint(truncate)`.execute(db);
      return statSync(file).size;
    };
    const before = await size();
    await fill(db);
    const bytes = (await size()) - before;
    const [one, all] = [await median(() => readHistory(db, 'prod')), await median(() => readBare(db))];
    await db.destroy();
    const days = HOURS / 24;
    return [
      {
        name: 'growth by a year of hourly snapshots and comparisons, two environments, one change a week',
        measured: `${(bytes / 1e6).toFixed(1)} MB, ${Math.round(bytes / days / 1000)} kB a day`,
        reference: `${((days * 100) / 1000).toFixed(1)} MB = ${days} days of 100 kB`,
        ratio: (bytes / (days * 100_000)).toFixed(2),
        goal: '< 100 kB a day',
        note: 'every changed snapshot contains all 10,000 fields, deflated.',
      },
      {
        name: 'history of that year, median',
        measured: ms(one),
        reference: `${ms(all)}: only reading its rows and inflating its snapshots`,
        ratio: (one / all).toFixed(1),
        goal: 'none',
        note: '52 comparisons of two configurations with 10,000 fields each.',
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fill(db: Database): Promise<void> {
  const [model, ...variants] = Array.from({ length: HOURS / WEEK_HOURS + 1 }, (_, week) =>
    snapshotOf(largeConfiguration(week)),
  );
  if (!model) return;
  let comparison: Comparison = { differences: [], unknown: [] };
  for (let hour = 0; hour < HOURS; hour += 1) {
    const at = hour * HOUR_MS;
    const prod = variants[Math.floor(hour / WEEK_HOURS)] ?? model;
    await saveSnapshot(db, 'uat', at, model);
    await saveSnapshot(db, 'prod', at, prod);
    // All comparisons between two changes are the same, so each is computed once.
    if (hour % WEEK_HOURS === 0) comparison = compareSnapshots(side('uat', model), side('prod', prod));
    await recordComparison(db, { pair: { left: 'uat', right: 'prod' }, at, rules: [] }, comparison);
  }
}

const side = (label: string, { content }: Snapshot) => ({ label, content });

async function readBare(db: Database): Promise<void> {
  await db.selectFrom('snapshot_readings').selectAll().where('environment', '=', 'prod').execute();
  const rows = await db
    .selectFrom('snapshots')
    .select('content')
    .where('hash', 'in', (query) =>
      query.selectFrom('snapshot_readings').select('hash').where('environment', '=', 'prod'),
    )
    .execute();
  for (const { content } of rows) unpack(content);
}

async function median(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const started = performance.now();
    await work();
    times.push(performance.now() - started);
  }
  return percentile(times, 0.5);
}
