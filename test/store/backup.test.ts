import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { backupDatabase } from '../../src/store/backup.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { temporaryFolder } from '../environment.ts';
import { openNewDatabase } from '../event-log.ts';

it('commits during a backup do not restart it', async () => {
  const folder = temporaryFolder();
  const [from, to] = [join(folder, 'envcheck.db'), join(folder, 'copy.db')];
  const db = await openNewDatabase(from, 0);
  await db.destroy();
  const writer = openSqlite(from);
  const insert = writer.prepare("insert into snapshots (hash, content) values ('h' || ?, zeroblob(4000))");
  writer.transaction(() => {
    for (let row = 0; row < 5_000; row += 1) insert.run(row);
  })();
  closeSync(openSync(to, 'wx'));
  let steps = 0;
  const { bytes, migrations } = await backupDatabase(from, to, () => {
    steps += 1;
    if (steps > 100) throw new Error('the backup does not end');
    insert.run(10_000 + steps);
  });
  writer.close();
  expect(steps).toBeGreaterThan(3);
  expect(bytes).toBeGreaterThan(5_000 * 4_000);
  expect(migrations[0]).toBe('0001-calls-snapshots-reports');
  const copy = openSqlite(to);
  expect(copy.prepare('select count(*) from snapshots').pluck().get()).toBe(5_000);
  copy.close();
});
