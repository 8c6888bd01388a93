import { execFileSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { expect, it, type TestContext } from 'vitest';
import { fillUp, smallDisk } from '../small-disk.ts';
import { openCliWorld, type RunResult } from './program.ts';

const acts = [
  'sign prod runbook --note read',
  'keep 4001 90d --reason incident',
  'subscribe prod daily at 9:00 --channel C0GENERAL',
  'webhooks note prod 77',
  'webhooks register prod',
];

/** A checked world whose database is alone on a small disk. */
async function openOnDisk(ctx: TestContext) {
  const disk = smallDisk(ctx);
  const world = await openCliWorld();
  world.edit((config: Record<string, unknown>) => {
    config.signOffs = [{ id: 'runbook', title: 'Runbook' }];
  });
  await world.run(['check', 'prod']);
  const before = join(world.folder, 'envcheck.db');
  const other = new BetterSqlite3(before);
  other.pragma('wal_checkpoint(truncate)');
  other.close();
  const file = join(disk, 'envcheck.db');
  copyFileSync(before, file);
  world.edit((config: Record<string, unknown>) => {
    config.database = file;
  });
  const act = (line: string) => world.run(line.split(' '));
  return { disk, file, act };
}

/** One sentence, no stack and nothing on standard output. */
function expectSentence(line: string, { code, out, err }: RunResult, reason: RegExp): void {
  expect({ line, code, out, lines: err.split('\n').length }).toEqual({ line, code: 2, out: '', lines: 2 });
  expect(err, line).toMatch(/^envcheck: /);
  expect(err, line).toMatch(reason);
}

it('an act while the disk is full says so in one sentence, and succeeds when there is space', async (ctx) => {
  const { disk, act } = await openOnDisk(ctx);
  fillUp(join(disk, 'ballast'));
  for (const line of [...acts, 'check prod', `backup ${disk}/copy.db`])
    expectSentence(line, await act(line), /its disk is full[^;]*; free some space/);
  const key = `record key --new --out ${disk}/key`;
  expectSentence(key, await act(key), /ENOSPC: no space left on device/);
  execFileSync('rm', [join(disk, 'ballast')]);
  expect((await act('webhooks note prod 77')).code).toBe(0);
});

it('an act on a read-only file system says so in one sentence', async (ctx) => {
  const { disk, act } = await openOnDisk(ctx);
  execFileSync('mount', ['-o', 'remount,ro', disk]);
  for (const line of [...acts, 'check prod'])
    expectSentence(line, await act(line), /read-only|cannot be created or opened; check that the folder/);
});

it('an act while another process locks the database says so in one sentence after 5 s', async (ctx) => {
  const { file, act } = await openOnDisk(ctx);
  const lock = new BetterSqlite3(file);
  lock.exec('begin immediate');
  expectSentence(
    'sign',
    await act(acts[0] ?? ''),
    /another process holds it locked; stop that one, or try again/,
  );
  lock.close();
});
