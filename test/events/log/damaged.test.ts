import { copyFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import BetterSqlite3 from 'better-sqlite3';
import { expect, it, vi } from 'vitest';
import { activity, startReceiver } from './start-receiver.ts';

const PAGE = 4_096;

async function overwrite(file: string, from: number, to: number): Promise<void> {
  const handle = await open(file, 'r+');
  await handle.write(Buffer.alloc(to - from, 0xa5), 0, to - from, from);
  await handle.close();
}

const damages: [string, (file: string, size: number) => void | Promise<void>][] = [
  ['every page but the first is overwritten', (file, size) => overwrite(file, PAGE, size)],
  ['its header is overwritten', (file) => overwrite(file, 0, PAGE)],
];

/** Writes the write-ahead log into the file, so that a copy of the file is complete. */
function checkpoint(file: string): void {
  const other = new BetterSqlite3(file);
  other.pragma('wal_checkpoint(truncate)');
  other.close();
}

it('deliveries and /readyz get 503 while the database is damaged, and a backup in its place is used without a restart', async () => {
  const { deliver, config, rows, url, logged } = await startReceiver();
  const { database } = config;
  const ready = async () => {
    const answer = await fetch(`${url}/readyz`);
    return { status: answer.status, text: await answer.text() };
  };
  let contract = 0;
  const acknowledged: number[] = [];
  for (const [name, damage] of damages) {
    contract += 1;
    expect((await deliver(activity(contract))).status, name).toBe(200);
    acknowledged.push(contract);
    checkpoint(database);
    copyFileSync(database, `${database}.backup`);
    await damage(database, statSync(database).size);
    for (let sent = 0; sent < 3; sent += 1) {
      const { status, headers } = await deliver(activity(1_000 + contract, { filler: 'x'.repeat(20_000) }));
      expect({ name, status, wait: headers.get('retry-after') }).toEqual({ name, status: 503, wait: '10' });
    }
    await vi.waitFor(
      async () =>
        expect(await ready()).toMatchObject({
          status: 503,
          text: expect.stringMatching(/SQLITE_(CORRUPT|NOTADB|IOERR)/),
        }),
      5_000,
    );
    expect((await fetch(`${url}/healthz`)).status, name).toBe(200);
    for (const ending of ['-wal', '-shm']) rmSync(database + ending, { force: true });
    renameSync(`${database}.backup`, database);
    await vi.waitFor(async () => expect((await ready()).status, name).toBe(200), 15_000);
  }
  expect((await deliver(activity(999))).status).toBe(200);
  expect(
    rows<{ contract_id: number }>('select contract_id from events order by key').map(
      (row) => row.contract_id,
    ),
  ).toEqual([...acknowledged, 999]);
  expect(rows('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  expect(
    logged.some((line) => line.includes('delivery not stored') && line.includes('restore a backup')),
  ).toBe(true);
});
