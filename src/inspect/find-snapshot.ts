import type { Database } from '../store/database.ts';
import {
  type StoredSnapshot,
  snapshotContent,
  snapshotReadings,
  snapshotsUntil,
} from '../store/snapshots.ts';
import { readSince } from '../time/since.ts';
import type { SnapshotContent } from '../workspace/snapshot.ts';

/** Accepted inputs for an earlier snapshot, for help and error sentences. */
export const SNAPSHOT_FORMS =
  'a duration back from now (90m, 3d), yesterday, a date or time in UTC (2026-11-01), or the first characters of a snapshot';

export type FoundSnapshot =
  | { kind: 'found'; snapshot: StoredSnapshot<SnapshotContent> }
  /** The input is not understood or not unique. */
  | { kind: 'unclear'; reason: string }
  /** There was none at that time. `oldestAt` is epoch ms UTC, null when there is no snapshot at all. */
  | { kind: 'none'; oldestAt: number | null };

const PREFIX = /^[0-9a-f]{6,64}$/i;

/** Finds the snapshot in force at a time, a complete one if possible, or the one whose hash begins with the input. */
export async function findSnapshot(
  db: Database,
  environment: string,
  text: string,
  now: number,
): Promise<FoundSnapshot> {
  if (PREFIX.test(text)) {
    const found = await byPrefix(db, environment, text.toLowerCase());
    if (found) return found;
  }
  const read = readSince(text, now);
  if ('at' in read) return atTime(db, environment, read.at);
  if (/^\d{4}-/.test(text)) return { kind: 'unclear', reason: `not a time: ${read.problem}` };
  const what = PREFIX.test(text)
    ? 'no snapshot of this environment begins with these characters'
    : `give ${SNAPSHOT_FORMS}`;
  return { kind: 'unclear', reason: what };
}

async function byPrefix(db: Database, environment: string, prefix: string): Promise<FoundSnapshot | null> {
  const all = await snapshotsUntil(db, environment, Number.MAX_SAFE_INTEGER);
  const [match, ...more] = all.filter(({ hash }) => hash.startsWith(prefix));
  if (!match) return null;
  if (more.length > 0)
    return {
      kind: 'unclear',
      reason: `${more.length + 1} snapshots begin with these characters; give more of them`,
    };
  return { kind: 'found', snapshot: { ...match, content: await snapshotContent(db, match.hash) } };
}

async function atTime(db: Database, environment: string, at: number): Promise<FoundSnapshot> {
  const candidates = await snapshotsUntil(db, environment, at);
  let newest: StoredSnapshot<SnapshotContent> | null = null;
  for (const candidate of candidates) {
    const snapshot = { ...candidate, content: await snapshotContent<SnapshotContent>(db, candidate.hash) };
    if (snapshot.content.scope === 'complete') return { kind: 'found', snapshot };
    newest ??= snapshot;
  }
  if (newest) return { kind: 'found', snapshot: newest };
  const [oldest] = await snapshotReadings(db, environment);
  return { kind: 'none', oldestAt: oldest?.takenAt ?? null };
}
