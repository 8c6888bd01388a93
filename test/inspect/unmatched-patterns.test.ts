import { existsSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { unmatchedPatterns } from '../../src/inspect/unmatched-patterns.ts';
import { saveSnapshot } from '../../src/store/snapshots.ts';
import { snapshotOf } from '../../src/workspace/snapshot.ts';
import { temporaryFolder } from '../environment.ts';
import { openNewDatabase } from '../event-log.ts';

it('patterns that match nothing in the newest readings are warned of, once something was read', async () => {
  const database = `${temporaryFolder()}/envcheck.db`;
  const config = {
    database,
    environments: [{ name: 'uat' }, { name: 'prod' }],
    signOffs: [
      { id: 'a', environments: null, covers: ['roles/Legal', 'roles/Lgal', 'templates'] },
      { id: 'b', environments: ['prod'], covers: ['roles/Sales'] },
      { id: 'c', environments: null, covers: null },
    ],
    drift: {
      ignore: [
        { path: 'roles/Sal*', until: null },
        { path: 'roles/Sael*', until: null },
        { path: 'roles/Gone', until: '2026-11-01' },
      ],
    },
  } as unknown as Config;
  const textsNow = async () =>
    (await unmatchedPatterns(config, Date.UTC(2026, 11, 1))).map(({ text }) => text.split(',')[0]);
  expect(await textsNow()).toEqual([]);
  expect(existsSync(database)).toBe(false);
  const db = await openNewDatabase(database, 0);
  expect(await textsNow()).toEqual([]);
  const snapshot = (...roles: string[]) => snapshotOf({ version: 1, roles: { known: roles } });
  await saveSnapshot(db, 'uat', 1, snapshot('Legal', 'Sales'));
  const inUat = [
    'signOffs[0].covers[1] ("roles/Lgal") matches nothing in the newest reading of uat',
    'drift.ignore[1] (path: "roles/Sael*") matches nothing in the newest readings',
  ];
  expect(await textsNow()).toEqual(inUat);
  await saveSnapshot(db, 'prod', 2, snapshot('Legal'));
  expect(await textsNow()).toEqual([
    'signOffs[0].covers[1] ("roles/Lgal") matches nothing in the newest reading of uat',
    'signOffs[1].covers[0] ("roles/Sales") matches nothing in the newest reading of prod',
    'drift.ignore[1] (path: "roles/Sael*") matches nothing in the newest readings',
  ]);
  await db.destroy();
  writeFileSync(database, 'no database at all'.repeat(1_000));
  expect(await textsNow()).toEqual([
    expect.stringMatching(/^covers and drift.ignore could not be compared with the newest readings: /),
  ]);
});
