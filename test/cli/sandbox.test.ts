import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../environment.ts';
import { run, start } from './program.ts';

test('it says where the page is, serves it, and a Ctrl-C ends it with nothing left behind', async () => {
  const tmp = temporaryFolder();
  const program = start(['sandbox', '--port', '0'], { env: { TMPDIR: tmp } });
  await program.waitForOutput('Ctrl-C');
  // Node keeps its compiled sources there too, from run to run.
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

test('a port that is taken or is none is told, with what to do', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const taken = await run(['sandbox', '--port', String(port)]);
  expect(taken).toMatchObject({ code: 64, err: expect.stringContaining(`--port ${port} is in use`) });
  const none = await run(['sandbox', '--port', '70000']);
  expect(none).toMatchObject({ code: 64, err: expect.stringContaining('a number from 0 to 65535') });
});
