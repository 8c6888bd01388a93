import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startWorld, type World } from '../../sandbox/world.ts';
import { start } from './program.ts';

async function openWorld(): Promise<{ world: World; env: NodeJS.ProcessEnv; file: string }> {
  const world = await startWorld({});
  onTestFinished(() => world.stop());
  const config = world.configure({ sharedWebhookUrl: false });
  const file = join(dirname(config.file), 'body.json');
  writeFileSync(file, '{"activity":"CONTRACT_CREATED"}');
  return { world, env: { ...world.environment, ENVCHECK_CONFIG: config.file }, file };
}

it('what was signed is verified, and one byte more, another workspace or capitals are not', async () => {
  const { env, file } = await openWorld();
  const run = async (args: string[]) => start(args, { env }).ended;
  const signed = await run(['sign', '--env', 'prod', file]);
  expect(signed).toMatchObject({ code: 0, err: '' });
  expect(signed.out).toMatch(/^[\da-f]{128}\n$/);
  const signature = signed.out.trim();
  const verify = (environment: string, hex: string) =>
    run(['verify', '--env', environment, '--signature', hex, file]);

  expect(await verify('prod', signature)).toMatchObject({
    code: 0,
    out: expect.stringContaining('is that of prod (production)'),
  });
  expect(await verify('uat', signature)).toMatchObject({
    code: 1,
    out: expect.stringContaining('is not that of uat'),
  });
  expect((await verify('prod', signature.toUpperCase())).out).toContain('capital letters');
  expect((await verify('prod', 'abc')).out).toContain('not 128 hex characters');
  writeFileSync(file, '{"activity":"CONTRACT_CREATED"}\n');
  expect(await verify('prod', signature)).toMatchObject({
    code: 1,
    out: expect.stringContaining('Compare the bytes'),
  });
});

it('a key that cannot be read, and a file that is not there, are told apart', async () => {
  const { world, env, file } = await openWorld();
  const missing = await start(['sign', '--env', 'prod', `${file}.missing`], { env }).ended;
  expect(missing).toMatchObject({ code: 64, out: '', err: expect.stringContaining('cannot be read') });
  world.spotdraft.faults.add({ fault: { kind: 'status', status: 401 } });
  const refused = await start(['sign', '--env', 'prod', file], { env }).ended;
  expect(refused).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringContaining('the key of prod (production) could not be read'),
  });
});
