import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { find } from '../src/events/find/find.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { type Figure, ms, percentile } from './figure.ts';
import { growLog } from './log-rows.ts';

const SIZES = [1_000_000, 10_000_000] as const;
const LOOKUPS = 300;
const WARM_UP = 30;
const DAY_MS = 86_400_000;
const environments = [
  { name: 'uat', production: false },
  { name: 'prod', production: true },
];

/** The kinds of ids to look up. An existing id comes from a random row of the table. */
const kinds: [kind: string, table: string, column: string, shape: (id: string) => string, having?: string][] =
  [
    ['event', 'events', 'id', (id) => id],
    ['delivery', 'deliveries', 'id', (id) => id],
    ['request', 'deliveries', 'request_id', (id) => id],
    ['contract', 'events', 'contract_id', (id) => `T-${id}`],
    ['reference', 'events', "'NW-OF-' || contract_id", (id) => id, 'key % 3 = 0'],
    ['external id', 'events', "'006' || printf('%012d', contract_id * 31)", (id) => id, 'key % 2 = 0'],
    ['beginning of an event id', 'events', 'id', (id) => id.slice(0, 14)],
    ['beginning of a request id', 'deliveries', 'request_id', (id) => id.slice(0, 14)],
    ['beginning of a contract id', 'events', 'contract_id', (id) => id],
    ['unknown', 'events', 'id', (id) => `evt_zz${id.slice(6)}`],
  ];

interface Measured {
  all: number[];
  byKind: Map<string, number[]>;
  gigabytes: number;
}

/** Looks up ids in a log at two lengths: a lookup must not get slower because the log is longer. */
export async function measureFind(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'envcheck-bench-'));
  const file = join(folder, 'log.db');
  try {
    const [small, large] = [await measureAt(file, 0, SIZES[0]), await measureAt(file, SIZES[0], SIZES[1])];
    const [p99, before] = [percentile(large.all, 0.99), percentile(small.all, 0.99)];
    const slowest = [...large.byKind]
      .map(([kind, times]) => [kind, percentile(times, 0.99)] as const)
      .sort(([, left], [, right]) => right - left)
      .slice(0, 3);
    return [
      {
        name: 'find by id at 10 million deliveries, p99',
        measured: ms(p99),
        reference: `${ms(before)}: at 1 million`,
        ratio: (p99 / before).toFixed(2),
        goal: '≤ 5 ms, and ≤ 1.5 × that at 1 million',
        note: `${LOOKUPS} random ids of each of ${kinds.length} kinds; median ${ms(percentile(large.all, 0.5))}. The slowest kinds: ${slowest.map(([kind, time]) => `${kind} ${ms(time)}`).join(', ')}. The file has ${large.gigabytes.toFixed(1)} GB. Pages outside the page cache come from disk, and a contract has more events in a longer log.`,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureAt(file: string, from: number, to: number): Promise<Measured> {
  const now = Date.now();
  const started = performance.now();
  await growLog(file, from, to, now);
  process.stderr.write(
    `  ${to.toLocaleString('en')} deliveries generated in ${Math.round((performance.now() - started) / 1000)} s\n`,
  );
  const db = openDatabase(file);
  try {
    return { ...(await lookUp(db, now)), gigabytes: statSync(file).size / 1e9 };
  } finally {
    await db.destroy();
  }
}

async function lookUp(db: Database, now: number): Promise<Omit<Measured, 'gigabytes'>> {
  const byKind = new Map<string, number[]>();
  for (const [kind, table, column, shape, having] of kinds) {
    const times: number[] = [];
    for (let index = 0; index < WARM_UP + LOOKUPS; index += 1) {
      const id = shape(await anyId(db, table, column, having ?? 'true'));
      const started = performance.now();
      const { matches } = await find(
        db,
        { id, environment: null },
        { keepMs: 91 * DAY_MS, now, environments, pairs: [['uat', 'prod']] },
      );
      times.push(performance.now() - started);
      if (matches.length === 0 && kind !== 'unknown') throw new Error(`${kind} ${id} was not found`);
    }
    byKind.set(kind, times.slice(WARM_UP));
  }
  return { byKind, all: [...byKind.values()].flat() };
}

async function anyId(db: Database, table: string, column: string, having: string): Promise<string> {
  const { rows } = await sql<{ id: string | number }>`select ${sql.raw(column)} as id from ${sql.table(table)}
    where key >= (select abs(random()) % max(key) from ${sql.table(table)}) and ${sql.raw(having)} order by key limit 1`.execute(
    db,
  );
  return String(rows[0]?.id);
}
