import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startCheckpoints } from '../../../src/events/log/checkpoints.ts';
import { openCheckpointer } from '../../../src/store/checkpoint.ts';
import { createDatabase } from '../../event-log.ts';

/** A database with a writer that never checkpoints itself. */
async function openWriter(): Promise<{ file: string; write(rows: number): void }> {
  const file = join(mkdtempSync(join(tmpdir(), 'envcheck-')), 'log.db');
  await createDatabase(file);
  const db = new BetterSqlite3(file);
  onTestFinished(() => void db.close());
  db.pragma('wal_autocheckpoint = 0');
  db.pragma('synchronous = off');
  db.exec('create table filler (bytes blob)');
  const insert = db.prepare('insert into filler (bytes) values (zeroblob(4000))');
  return { file, write: db.transaction((rows) => Array.from({ length: rows }, () => insert.run())) };
}

/** Reads from the database until it is ended. */
function startReading(file: string): { rows(): unknown; end(): void } {
  const reader = new BetterSqlite3(file, { readonly: true });
  onTestFinished(() => void reader.close());
  const rows = () => reader.prepare('select count(*) from filler').pluck().get();
  reader.exec('begin');
  rows();
  return { rows, end: () => void reader.exec('commit') };
}

describe('a checkpoint beside the writer', () => {
  it('writes all pages, except those that a reader still needs', async () => {
    const { file, write } = await openWriter();
    const checkpointer = openCheckpointer(file);
    onTestFinished(() => checkpointer.close());
    write(10);
    expect(checkpointer.run()).toBe(0);
    const reading = startReading(file);
    write(30);
    expect(checkpointer.run()).toBeGreaterThanOrEqual(30);
    expect(reading.rows()).toBe(10);
    reading.end();
    expect(checkpointer.run()).toBe(0);
  });
});

describe('the thread that checkpoints', () => {
  it('answers each request with the pages that are left, and ends when it is closed', async () => {
    const { file, write } = await openWriter();
    const checkpoints = startCheckpoints(file);
    write(20);
    expect(await checkpoints.run()).toBe(0);
    const reading = startReading(file);
    write(20);
    expect(await checkpoints.run()).toBeGreaterThanOrEqual(20);
    reading.end();
    expect(await checkpoints.run()).toBe(0);
    await checkpoints.close();
  });

  it('fails the request with the reason when there is no database, now and later', async () => {
    const checkpoints = startCheckpoints(join(mkdtempSync(join(tmpdir(), 'envcheck-')), 'gone.db'));
    await expect(checkpoints.run()).rejects.toThrow(/gone\.db/);
    await expect(checkpoints.run()).rejects.toThrow(/gone\.db/);
    await checkpoints.close();
  });
});
