import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type CliWorld, openCliWorld } from './program.ts';

/** A world in which prod passes its checks and one sign-off is missing. */
async function openGate(): Promise<CliWorld> {
  const world = await openCliWorld();
  world.edit((config: Record<string, unknown>) => {
    config.signOffs = [
      { id: 'runbook', title: 'The runbook was rehearsed', validFor: '90d', environments: ['prod'] },
    ];
  });
  return world;
}

async function newKey({ run, folder }: CliWorld): Promise<{ env: NodeJS.ProcessEnv; fingerprint: string }> {
  const file = join(folder, 'record.key');
  const made = await run(['record', 'key', '--new', '--out', file]);
  expect(made).toMatchObject({ code: 0, out: '' });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const secret = readFileSync(file, 'utf8').trim();
  expect(made.err).not.toContain(secret);
  return {
    env: { ENVCHECK_RECORD_KEY: secret },
    fingerprint: /SHA256:[0-9a-f]{64}/.exec(made.err)?.[0] ?? '',
  };
}

it('a signature opens the gate, and its record verifies until a byte is changed', async () => {
  const world = await openGate();
  const { run, folder } = world;
  const closed = await run(['check', 'prod', '--gate']);
  expect(closed.code).toBe(1);
  expect(closed.out).toMatch(/✗ failed +sign-offs\.runbook +not signed/);
  expect(closed.out).toContain('Go-live of prod (production): the gate is closed (not ready; 1 failed');

  const signed = await run([
    'sign',
    'prod',
    'runbook',
    '--note',
    'rehearsed',
    '--evidence',
    'https://wiki.example/r',
    '--as',
    'Anna Berg',
  ]);
  expect(signed).toMatchObject({ code: 0, err: '' });
  expect(signed.out).toContain('✅ Anna Berg signed “The runbook was rehearsed” off for prod (production)');
  expect(signed.out).toMatch(/aud_\w{26}/);
  const again = await run(['sign', 'prod', 'runbook', '--json']);
  expect(again.code).toBe(1);
  expect(JSON.parse(again.out)).toMatchObject({
    result: 'refused',
    summary: expect.stringContaining('already'),
  });

  const open = await run(['check', 'prod', '--gate']);
  expect(open).toMatchObject({ code: 0 });
  expect(open.out).toMatch(/✓ passed +sign-offs\.runbook +Anna Berg \(entered by cli:/);
  const list = await run(['checklist', 'prod', '--json']);
  expect(JSON.parse(list.out).items.at(-1)).toMatchObject({
    number: 7,
    id: 'sign-offs',
    checks: [{ signOff: 'runbook', status: 'pass' }],
  });

  const { env, fingerprint } = await newKey(world);
  const file = join(folder, 'go-live.md');
  const recorded = await run(['record', 'prod', '--format', 'markdown', '--out', file], env);
  expect(recorded).toMatchObject({ code: 0, out: '' });
  expect(recorded.err).toContain(`signed by ${fingerprint}`);
  // Verifying needs no config and no variable.
  expect(
    (await world.run(['record', 'verify', file, '--key', fingerprint], { ENVCHECK_CONFIG: '/none' })).code,
  ).toBe(0);
  const unknown = await world.run(['record', 'verify', file], { ENVCHECK_RECORD_KEY: '' });
  expect(unknown.code).toBe(2);
  expect(unknown.out).toContain('which was not compared with any key. Next: pass the fingerprint');
  const other = await world.run(['record', 'verify', file, '--key', `SHA256:${'0'.repeat(64)}`]);
  expect(other.code).toBe(1);
  expect(other.out).toContain(`Signed by another key: ${fingerprint}`);
  writeFileSync(file, readFileSync(file, 'utf8').replace('rehearsed', 'rehearsee'));
  const altered = await world.run(['record', 'verify', file, '--key', fingerprint, '--json']);
  expect(altered.code).toBe(1);
  expect(JSON.parse(altered.out)).toMatchObject({ intact: false, why: expect.any(String) });
}, 120_000);

it('without a key, without a report and with wrong options it says what to do and writes nothing', async () => {
  const world = await openGate();
  const { run } = world;
  const keyless = await run(['record', 'prod']);
  expect(keyless).toMatchObject({ code: 78, out: '' });
  expect(keyless.err).toContain('record key --new');
  const { env } = await newKey(world);
  const unread = await run(['record', 'prod'], env);
  expect(unread).toMatchObject({ code: 2, out: '' });
  expect(unread.err).toContain('prod (production) was never checked');
  expect((await run(['record', 'prod', '--format', 'pdf'], env)).err).toContain('use json or markdown');
  expect(await run(['record', 'prod', '--report', 'rpt_none'], env)).toMatchObject({
    code: 64,
    err: expect.stringContaining('there is no report rpt_none'),
  });
  expect(await run(['record', 'verify', 'none.json'])).toMatchObject({ code: 64 });
  expect(await run(['record', 'verify', 'none.json', '--key', 'abc'])).toMatchObject({
    code: 64,
    err: expect.stringContaining('64 hex digits'),
  });
  const wrongKey = await run(['record', 'prod'], {
    ENVCHECK_RECORD_KEY: 'QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=',
  });
  expect(wrongKey).toMatchObject({ code: 78, out: '' });
  expect(wrongKey.err).not.toContain('QUJDREVGR0hJ');
  expect((await run(['sign', 'prod'])).err).toContain('sign <environment> <sign-off>');
  expect((await run(['sign', 'prod', 'runbook', '--refuse'])).out).toContain('A refusal needs a reason');
}, 120_000);
