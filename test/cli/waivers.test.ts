import { expect, test } from 'vitest';
import { openCore } from '../../src/core.ts';
import { type CliWorld, openCliWorld } from './program.ts';

const NO_COLOR = { NO_COLOR: '1' };
const PATH = 'templates/Order Form - Standard';

const json = (out: string) => JSON.parse(out);
const accept = (world: CliWorld, ...more: string[]) =>
  world.run(['waivers', 'accept', ...more, '--reason', 'it stays in UAT', '--until', '30d'], NO_COLOR);

test('an accepted difference is shown as accepted, does not count, and can be revoked', async () => {
  const world = await openCliWorld();
  const { out } = await world.run(['diff', 'uat', 'prod', '--json']);
  const before = json(out).differences;
  const accepted = await accept(world, 'uat', 'prod', PATH);
  expect(accepted).toMatchObject({ code: 0, err: '' });
  expect(accepted.out).toMatch(/^✓ Accepted as wvr_\w{26}: only in uat\n$/);

  const shown = await world.run(['diff', 'uat', 'prod'], NO_COLOR);
  expect(shown.code).toBe(1);
  expect(shown.out.split('\n')[1]).toMatch(
    new RegExp(`^${before.length - 1} differences: .*; 1 more accepted$`),
  );
  expect(shown.out).toMatch(
    /~ accepted\n {4}templates\/Order Form - Standard {2}only in uat\n {6}accepted by \S+ until/,
  );
  const object = json((await world.run(['diff', 'uat', 'prod', '--json'])).out);
  const waived = object.differences.filter((each: { waived: unknown }) => each.waived !== null);
  expect(waived).toMatchObject([{ path: PATH, waived: { reason: 'it stays in UAT', rule: null } }]);

  const plan = await world.run(['plan', 'uat', 'prod']);
  expect(plan.out).toMatch(/; 1 accepted difference left out\.$/m);
  expect(plan.out).not.toContain('Order Form - Standard');

  const list = json((await world.run(['waivers', '--json'])).out);
  expect(list).toMatchObject({ waivers: [{ state: 'active', path: PATH, left: 'uat' }], ended: 0 });
  const { id } = list.waivers[0];
  expect((await world.run(['waivers', 'revoke', id, '--reason', 'needed'], NO_COLOR)).code).toBe(0);
  const again = await world.run(['waivers', 'revoke', id, '--reason', 'needed']);
  expect(again).toMatchObject({ code: 1, out: '' });
  expect(again.err).toContain('no longer counts: it was revoked at');
  const ended = await world.run(['waivers', 'list', '--all'], NO_COLOR);
  expect(ended.out).toContain('0 accepted, 1 ended');
  expect(ended.out).toMatch(/Does not count: it was revoked at .*: needed/);
}, 60_000);

test('two environments count as the same when every difference is accepted', async () => {
  const world = await openCliWorld();
  await world.run(['diff', 'uat', 'prod']);
  world.edit((config: Record<string, unknown>) => {
    config.drift = { pairs: [['uat', 'prod']], ignore: [{ path: '*', reason: 'a rehearsal' }] };
  });
  const { code, out } = await world.run(['diff', 'uat', 'prod'], NO_COLOR);
  expect(code).toBe(0);
  expect(out).toMatch(
    /^✅ uat → prod \(production\): the same except for accepted differences\nno differences; \d accepted\n/,
  );
  const { same, differences } = json((await world.run(['diff', 'uat', 'prod', '--json'])).out);
  expect(same).toBe(true);
  expect(differences[0].waived).toEqual({
    by: 'config',
    reason: 'a rehearsal',
    until: null,
    id: null,
    rule: '*',
  });
  const list = await world.run(['waivers'], NO_COLOR);
  expect(list.out).toMatch(
    /Rules in drift.ignore\n {2}\*: no end date, matches \d differences\. a rehearsal/,
  );
}, 60_000);

test('an accepted check is waived, and it fails again when its waiver has expired', async () => {
  const world = await openCliWorld({ sharedWebhookUrl: true });
  const check = () => world.run(['check', 'prod', '--json']);
  const status = (out: string, id: string) =>
    json(out)
      .items.flatMap((item: { checks: unknown[] }) => item.checks)
      .find((each: { id: string }) => each.id === id).status;
  expect(status((await check()).out, 'webhooks.separate')).toBe('fail');
  expect((await accept(world, 'prod', 'webhooks.separate')).code).toBe(0);
  expect(status((await check()).out, 'webhooks.separate')).toBe('waived');
  const text = await world.run(['check', 'prod'], NO_COLOR);
  expect(text.out).toMatch(/1 waived/);

  // This one was accepted forty days ago for thirty days.
  const config = world.configure({ sharedWebhookUrl: true });
  const then = { now: () => Date.now() - 40 * 86_400_000 };
  const core = await openCore(config, { clock: then });
  await core.waivers.accept(
    {
      subject: { kind: 'check', environment: 'prod', check: 'webhooks.endpoint' },
      reason: 'for a month',
      until: then.now() + 30 * 86_400_000,
      seen: null,
    },
    'slack:U0BOB',
  );
  await core.close();
  expect(status((await check()).out, 'webhooks.endpoint')).toBe('fail');
  expect(json((await world.run(['waivers', 'list', '--all', '--json'])).out).waivers).toContainEqual(
    expect.objectContaining({ check: 'webhooks.endpoint', state: 'expired', by: 'slack:U0BOB' }),
  );
}, 60_000);

test('wrong arguments are refused with a reason, and nothing is written', async () => {
  const world = await openCliWorld();
  for (const [args, code, message] of [
    [['prod'], 64, 'give an environment and a check'],
    [['prod', 'uat', 'x', 'y'], 64, 'put a path with blanks in quotes'],
    [['prod', 'prod', 'x'], 64, 'both sides are prod'],
    [['prod', 'config.templates'], 1, 'has not been checked yet'],
    [['uat', 'prod', 'roles/x'], 1, 'Compare them again (`diff uat prod`)'],
  ] as const) {
    const ended = await accept(world, ...args);
    expect(ended).toMatchObject({ code, out: '' });
    expect(ended.err).toContain(message);
  }
  const late = ['waivers', 'accept', 'prod', 'x', '--reason', 'x', '--until', 'soon'];
  expect(await world.run(late)).toMatchObject({
    code: 64,
    err: expect.stringContaining('“soon” is not a day'),
  });
  expect(json((await world.run(['waivers', '--json'])).out).waivers).toEqual([]);
}, 60_000);
