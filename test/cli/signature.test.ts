import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startWorld, type World } from '../../sandbox/world.ts';
import { run, start } from './program.ts';

async function openWorld(): Promise<{ world: World; env: NodeJS.ProcessEnv; file: string }> {
  const world = await startWorld({});
  onTestFinished(() => world.stop());
  const config = world.configure({ sharedWebhookUrl: false });
  const file = join(dirname(config.file), 'body.json');
  writeFileSync(file, '{"activity":"CONTRACT_CREATED"}');
  return { world, env: { ...world.environment, ENVCHECK_CONFIG: config.file }, file };
}

it('a signature verifies, but not with one more byte, another workspace or capitals', async () => {
  const { env, file } = await openWorld();
  const signed = await run(['sign', '--env', 'prod', file], { env });
  expect(signed).toMatchObject({ code: 0, err: '' });
  expect(signed.out).toMatch(/^[\da-f]{128}\n$/);
  const signature = signed.out.trim();
  const verify = (environment: string, hex: string) =>
    run(['verify', '--env', environment, '--signature', hex, file], { env });

  expect(await verify('prod', signature)).toMatchObject({
    code: 0,
    out: expect.stringContaining('Valid: prod (production) signed these 31 bytes.'),
  });
  expect(await verify('uat', signature)).toMatchObject({
    code: 1,
    out: expect.stringContaining('Invalid: this is not the signature of uat'),
  });
  expect((await verify('prod', signature.toUpperCase())).out).toContain('capital letters');
  expect((await verify('prod', 'abc')).out).toContain('has 128 hex characters');
  writeFileSync(file, '{"activity":"CONTRACT_CREATED"}\n');
  expect(await verify('prod', signature)).toMatchObject({
    code: 1,
    out: expect.stringContaining('Compare the bytes'),
  });
});

it('a body from standard input has the same signature as from a file', async () => {
  const { env, file } = await openWorld();
  const fromInput = start(['sign', '--env', 'prod', '-'], { env });
  fromInput.write('{"activity":"CONTRACT_CREATED"}');
  fromInput.end();
  writeFileSync(file, '{"activity":"CONTRACT_CREATED"}\n');
  expect(await fromInput.ended).toEqual(await run(['sign', '--env', 'prod', file], { env }));
});

it('a key that cannot be read and a missing file have different exit codes', async () => {
  const { world, env, file } = await openWorld();
  const missing = await run(['sign', '--env', 'prod', `${file}.missing`], { env });
  expect(missing).toMatchObject({ code: 64, out: '', err: expect.stringContaining('cannot be read') });
  world.spotdraft.faults.add({ fault: { kind: 'status', status: 401 } });
  const refused = await run(['sign', '--env', 'prod', file], { env });
  expect(refused).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringContaining('the webhook key of prod (production) could not be read'),
  });
});
