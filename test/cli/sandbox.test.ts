import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../environment.ts';
import { run, start } from './program.ts';

test('sandbox prints the address of its page, serves it, and leaves nothing behind after Ctrl-C', async () => {
  const tmp = temporaryFolder();
  const program = start(['sandbox', '--port', '0'], { env: { TMPDIR: tmp } });
  await program.waitForOutput('Ctrl-C');
  // Node keeps its compiled sources in the same folder.
  const kept = () => readdirSync(tmp).filter((name) => name.startsWith('envcheck-'));
  expect(kept()).toHaveLength(1);
  const [url = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(program.stdout()) ?? [];
  const live = await fetch(`${url}/live`);
  expect(live.status).toBe(200);
  program.kill('SIGINT');
  const { code, err } = await program.ended;
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(kept()).toEqual([]);
  await live.body?.cancel().catch(() => {});
});

test('sandbox refuses a port that is taken or invalid and says what to do', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const taken = await run(['sandbox', '--port', String(port)]);
  expect(taken).toMatchObject({ code: 64, err: expect.stringContaining(`--port ${port} is in use`) });
  const none = await run(['sandbox', '--port', '70000']);
  expect(none).toMatchObject({ code: 64, err: expect.stringContaining('a number from 0 to 65535') });
});
