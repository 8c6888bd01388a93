import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, it, onTestFinished, type TestContext } from 'vitest';
import { activity, startReceiver } from './start-receiver.ts';

/** File modes do not stop root. The immutable attribute does, where the file system has it. */
function setImmutable(files: string[], on: boolean): void {
  execFileSync('chattr', [on ? '+i' : '-i', ...files], { stdio: 'ignore' });
}

function makeReadOnly(ctx: TestContext, database: string): { writable(): void } {
  const files = ['', '-wal', '-shm'].map((ending) => database + ending).filter((file) => existsSync(file));
  const writable = () => setImmutable(files, false);
  try {
    setImmutable(files, true);
  } catch {
    ctx.skip('files cannot be made immutable here');
  }
  onTestFinished(writable);
  return { writable };
}

it('deliveries and /readyz get 503 while the database is read-only, the log says why, and no restart is needed', async (ctx) => {
  const { deliver, config, count, url, logged } = await startReceiver();
  const { writable } = makeReadOnly(ctx, config.database);
  const requests: unknown[] = [];
  for (let contract = 1; contract <= 3; contract += 1) {
    const { status, headers, json } = await deliver(activity(contract));
    expect({ status, wait: headers.get('retry-after') }).toEqual({ status: 503, wait: '10' });
    requests.push(json.requestId);
  }
  const lines = logged.filter((each) => each.includes('delivery not stored'));
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    {
      level: 50,
      environment: 'prod',
      requestId: requests[0],
      err: { message: expect.stringMatching(/read.?only/i) },
    },
  ]);
  const ready = await fetch(`${url}/readyz`);
  expect({ status: ready.status, text: await ready.text() }).toEqual({
    status: 503,
    text: expect.stringContaining('SQLITE_READONLY'),
  });
  writable();
  expect(count('deliveries where rejection is null')).toBe(0);
  expect((await deliver(activity(4))).status).toBe(200);
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  expect(count('deliveries where rejection is null')).toBe(1);
});
