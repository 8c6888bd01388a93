import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { probeDatabase } from '../../../src/cli/doctor-database.ts';
import { fractions } from '../../fast-check.ts';
import { long } from '../../long.ts';
import { post } from '../../post-delivery.ts';
import { fillUp, smallDisk } from '../../small-disk.ts';
import { activity, rowsOf, signed, startReceiver } from './start-receiver.ts';
import { startSubprocessWorld } from './start-subprocess.ts';

const moments = fractions([0.3, 0.7], 10);
const kills = moments.length;
const perKill = long ? 2_000 : 400;
const TOGETHER = 64;

it(`a delivery answered 200 is on disk after kill -9 in the middle of ${perKill} deliveries, ${kills} times`, {
  timeout: 60_000 + kills * perKill * 10,
}, async () => {
  const { world, database, start } = await startSubprocessWorld();
  const acknowledged = new Map<string, number>();
  let cut = 0;
  for (const [round, moment] of moments.entries()) {
    const program = await start();
    const agent = new Agent({ keepAlive: true, maxSockets: TOGETHER });
    // Each round kills later than the one before.
    const killAt = Math.floor(perKill * (0.2 + (0.6 * (round + moment)) / kills));
    let [next, answered, dead] = [0, 0, false];
    let gone: Promise<void> | null = null;
    const send = async (): Promise<void> => {
      while (!dead && next < perKill) {
        const contract = round * perKill + next++ + 1;
        const body = activity(contract);
        const answer = await post(agent, program.url, 'prod', body, signed(world.prod.hmacKey, body));
        if (answer === null) {
          cut += 1;
          continue;
        }
        expect(answer.status).toBe(200);
        acknowledged.set(answer.deliveryId, contract);
        answered += 1;
        if (answered === killAt)
          gone = program.kill().then(() => {
            dead = true;
          });
      }
    };
    await Promise.all(Array.from({ length: TOGETHER }, send));
    expect(gone, 'the program was not killed').not.toBeNull();
    await gone;
    agent.destroy();
    expect(rowsOf(database, 'pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  }
  const stored = new Map(
    rowsOf<{ id: string; contract_id: number }>(
      database,
      'select deliveries.id, events.contract_id from deliveries join events on events.key = deliveries.event_key',
    ).map(({ id, contract_id }) => [id, contract_id]),
  );
  const lost = [...acknowledged].filter(([id, contract]) => stored.get(id) !== contract);
  expect(lost).toEqual([]);
  expect(rowsOf(database, 'pragma foreign_key_check')).toEqual([]);
  expect(cut, 'no delivery was in flight when the program was killed').toBeGreaterThan(0);
});

/** Locks the database in another process, as a backup or an administrator's shell does. */
async function lock(file: string): Promise<{ release(): Promise<void> }> {
  const script = `
    import Database from 'better-sqlite3';
    const database = new Database(${JSON.stringify(file)});
    database.exec('begin exclusive');
    console.log('locked');
    process.stdin.once('end', () => { database.exec('rollback'); database.close(); }).resume();
  `;
  const other = spawn(process.execPath, ['--input-type=module', '-e', script], {
    cwd: join(import.meta.dirname, '../../..'),
  });
  onTestFinished(() => void other.kill('SIGKILL'));
  await once(other.stdout, 'data');
  return {
    async release() {
      const ended = once(other, 'exit');
      other.stdin.end();
      await ended;
    },
  };
}

describe('a database that another process has locked', () => {
  it('a locked database delays deliveries: each is answered 200 once it is stored, and none before', async () => {
    const { deliver, config, count, url } = await startReceiver();
    await deliver(activity(1));
    const { release } = await lock(config.database);
    let [locked, early] = [true, 0];
    const answers = Array.from({ length: 50 }, async (_, index) => {
      const { status } = await deliver(activity(index + 2));
      if (locked) early += 1;
      return status;
    });
    await sleep(long ? 1_500 : 500);
    expect(count('deliveries')).toBe(1);
    expect(early).toBe(0);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    locked = false;
    await release();
    expect(await Promise.all(answers)).toEqual(answers.map(() => 200));
    expect(count('deliveries')).toBe(51);
  });

  it('a delivery gets 503 after 5 s and is not stored, and no restart is needed once the lock is gone', async () => {
    const { deliver, config, rows, url } = await startReceiver();
    await deliver(activity(1));
    const { release } = await lock(config.database);
    const refused = await deliver(activity(2));
    expect({ status: refused.status, wait: refused.headers.get('retry-after') }).toEqual({
      status: 503,
      wait: '10',
    });
    const ready = await fetch(`${url}/readyz`);
    expect({ status: ready.status, text: await ready.text() }).toEqual({
      status: 503,
      text: expect.stringContaining('SQLITE_BUSY'),
    });
    await release();
    expect((await deliver(activity(3))).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect(rows('select contract_id from events order by key')).toEqual([
      { contract_id: 1 },
      { contract_id: 3 },
    ]);
  });
});

it('deliveries and /readyz get 503 while the disk is full, nothing is lost, and no restart is needed', async (ctx) => {
  const disk = smallDisk(ctx);
  const { deliver, count, url, rows } = await startReceiver({
    payloads: 'full',
    adjust: (config) => ({ ...config, database: join(disk, 'envcheck.db') }),
  });
  const ready = async (): Promise<{ status: number; text: string }> => {
    const response = await fetch(`${url}/readyz`);
    return { status: response.status, text: await response.text() };
  };
  expect((await deliver(activity(1))).status).toBe(200);
  expect((await ready()).status).toBe(200);
  fillUp(join(disk, 'ballast'));
  let [stored, refusals, contract] = [1, 0, 1];
  while (refusals < 5 && contract < 500) {
    contract += 1;
    const { status, headers } = await deliver(activity(contract, { filler: 'x'.repeat(20_000) }));
    if (status === 200) stored += 1;
    else {
      expect({ status, wait: headers.get('retry-after') }).toEqual({ status: 503, wait: '10' });
      refusals += 1;
    }
  }
  expect(refusals).toBe(5);
  expect(await ready()).toEqual({ status: 503, text: expect.stringMatching(/SQLITE_(FULL|IOERR)/) });
  expect(count('deliveries where rejection is null')).toBe(stored);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  for (let asked = 0; asked < 5; asked += 1) expect((await ready()).status).toBe(503);
  const doctor = async () =>
    (await probeDatabase(join(disk, 'envcheck.db'))).filter(({ state }) => state === 'broken');
  expect(await doctor()).toEqual([
    expect.objectContaining({ part: 'database writes', detail: expect.stringMatching(/full|disk I\/O/) }),
  ]);
  rmSync(join(disk, 'ballast'));
  // A server that is not ready gets no deliveries, so it has to find out by itself.
  await vi.waitFor(async () => expect((await ready()).status).toBe(200), 2_000);
  expect(count('deliveries where rejection is null')).toBe(stored);
  expect((await deliver(activity(1_000, { filler: 'x'.repeat(20_000) }))).status).toBe(200);
  expect((await ready()).status).toBe(200);
  expect(count('deliveries where rejection is null')).toBe(stored + 1);
  expect(rows('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  expect(await doctor()).toEqual([]);
  expect(count("receiver_keys where environment like 'doctor%'")).toBe(0);
});
