import { statSync } from 'node:fs';
import { sql } from 'kysely';
import { verifyAudit } from '../store/audit.ts';
import { type Database, isUsed, openDatabase } from '../store/database.ts';
import { newerMigrations, pendingMigrations } from '../store/migrate.ts';
import { readableByOthers } from '../store/owner-only.ts';
import { NoDatabaseError } from '../store/sqlite.ts';
import { pluralize } from '../text/counts.ts';
import { randomId } from '../text/ids.ts';
import { innermostMessage } from '../text/innermost-message.ts';
import { type Diagnosis, failed, passed, warned } from './diagnosis.ts';

/** Opens the file, which reads its pragmas back, and verifies its content, its permissions and its audit. It creates none. */
export async function probeDatabase(file: string): Promise<Diagnosis[]> {
  const part = 'database';
  try {
    const db = openDatabase(file, 'existing');
    try {
      const content = await probeContent(db, file);
      if (content.state === 'broken') return [content];
      return [
        content,
        ...(await probeWriting(db, file)),
        ...probePermissions(file),
        ...(await probeAudit(db)),
      ];
    } finally {
      await db.destroy();
    }
  } catch (error) {
    if (error instanceof NoDatabaseError)
      return [
        warned(
          part,
          `there is no database ${file}; the next start creates it`,
          'Start Envcheck, or correct `database` in the config if the database is elsewhere',
        ),
      ];
    const remedy = 'Correct `database` in the config, or the permissions of its folder';
    return [failed(part, innermostMessage(error), remedy)];
  }
}

async function probeContent(db: Database, file: string): Promise<Diagnosis> {
  const part = 'database';
  const { rows } = await sql<{ quick_check: string }>`pragma quick_check(1)`.execute(db);
  const found = rows[0]?.quick_check;
  if (found !== 'ok') return failed(part, `${file}: ${found}`, 'Stop Envcheck and restore a backup');
  const newer = (await isUsed(db)) ? await newerMigrations(db) : [];
  if (newer.length > 0)
    return failed(
      part,
      `${file} was written by a newer Envcheck (it has migration ${newer.join(', ')})`,
      'Start the newer version, or restore an older backup',
    );
  const pending = (await isUsed(db)) ? await pendingMigrations(db) : ['all'];
  return passed(
    part,
    pending.length > 0 ? `${file}; the next start runs these migrations: ${pending.join(', ')}` : file,
  );
}

/** More than a delivery needs. */
const WRITTEN_BYTES = 256 * 1024;

/** Writes a row and removes it: reading works on a full disk, and deliveries get 503. */
async function probeWriting(db: Database, file: string): Promise<Diagnosis[]> {
  if (!(await isUsed(db)) || (await pendingMigrations(db)).length > 0) return [];
  // No environment has such a name.
  const environment = randomId('doctor');
  try {
    await db
      .insertInto('receiver_keys')
      .values({ environment, fingerprint: 'x'.repeat(WRITTEN_BYTES), read_at: 0 })
      .execute();
    await db.deleteFrom('receiver_keys').where('environment', '=', environment).execute();
    return [];
  } catch (error) {
    return [
      failed(
        'database writes',
        `${file} cannot be written, so that deliveries get 503: ${innermostMessage(error)}`,
        'Free some space on its disk, or let the user that runs Envcheck write to it and its folder',
      ),
    ];
  }
}

/** Opening takes the permissions of others away, so those left are on files of another user. */
function probePermissions(file: string): Diagnosis[] {
  const open = readableByOthers(file);
  if (open.length === 0) return [];
  const shown = open.map((path) => `${path} (${(statSync(path).mode & 0o777).toString(8)})`).join(', ');
  return [
    warned(
      'database permissions',
      `others than their owner can read or write ${shown}`,
      `Run as their owner: chmod 600 ${open.join(' ')}`,
    ),
  ];
}

async function probeAudit(db: Database): Promise<Diagnosis[]> {
  const part = 'audit';
  if (!(await isUsed(db)) || (await pendingMigrations(db)).length > 0) return [];
  const { entries, broken } = await verifyAudit(db);
  if (broken === null)
    return [
      passed(
        part,
        entries === 0
          ? 'no entries yet'
          : `${pluralize(entries, 'entry', 'entries')}, each with the hash of the one before`,
      ),
    ];
  return [
    failed(
      part,
      `the chain of entries is broken ${broken}: somebody changed the audit outside Envcheck`,
      'Compare the audit with a backup, and find out who can write to the database',
    ),
  ];
}
