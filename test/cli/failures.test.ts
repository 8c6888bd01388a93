import { expect, test } from 'vitest';
import { openSqlite } from '../../src/store/sqlite.ts';
import { writeDeliveries, writeOutcomes } from '../events/failures/write-log.ts';
import { type CliWorld, openCliWorld } from './program.ts';

const NO_COLOR = { NO_COLOR: '1' };
const MINUTE = 60_000;

const json = (out: string) => JSON.parse(out);
const databaseOf = (world: CliWorld): string => world.configure({ sharedWebhookUrl: false }).database;

/** Production with a delivery without a valid signature and a failed outcome; nothing is silent. */
async function failing(): Promise<{ world: CliWorld; database: string; dlv: string }> {
  const world = await openCliWorld();
  const database = databaseOf(world);
  writeDeliveries(database, [{ at: Date.now() - 2 * MINUTE, rejection: 'bad_signature' }]);
  writeOutcomes(database, [
    {
      at: Date.now() - 3 * MINUTE,
      status: 'failed',
      code: 'CRM_TIMEOUT',
      activity: 'CONTRACT_EXECUTED',
      contract_id: 7,
    },
  ]);
  const sqlite = openSqlite(database);
  const dlv = sqlite.prepare('select id from deliveries where rejection is not null').pluck().get() as string;
  sqlite.close();
  return { world, database, dlv };
}

test('the exit code is 0 without failures, and the output names what is not watched', async () => {
  const world = await openCliWorld();
  const { code, out } = await world.run(['failures', 'prod'], NO_COLOR);
  expect(out).toMatch(/^prod \(production\), groups of failures: 0 open, 0 acknowledged, 0 resolved\n/);
  expect(out).toContain('Not watched: failed outcomes: the integration has reported no outcomes');
  expect(code).toBe(0);
}, 60_000);

test('groups are listed and acknowledged one by one, and the exit code is 1 while any is open', async () => {
  const { world, database, dlv } = await failing();
  const listed = await world.run(['failures', 'prod'], NO_COLOR);
  expect(listed).toMatchObject({ code: 1, err: '' });
  expect(listed.out).toMatch(
    /^prod \(production\), groups of failures: 2 open, 0 acknowledged, 0 resolved\n/,
  );
  expect(listed.out).toMatch(
    new RegExp(
      `✗ open {2}deliveries without a valid signature: 1 delivery\n {4}grp_\\w{26}\n {4}bad signature\n.*\n {4}sample: find ${dlv}\n {4}Next: `,
    ),
  );
  expect((await world.run(['find', dlv], NO_COLOR)).out).toContain('bad signature');
  const object = json((await world.run(['failures', 'prod', '--json'])).out);
  expect(object).toMatchObject({
    environment: 'prod',
    open: 2,
    groups: [
      {
        kind: 'badly_signed',
        state: 'open',
        count: 1,
        countOf: 'all',
        kept: 1,
        sample: dlv,
        acknowledged: null,
      },
      { kind: 'failed', activity: 'CONTRACT_EXECUTED', reasons: ['CRM_TIMEOUT'], countOf: 'all' },
    ],
  });

  const [badly, failed] = object.groups;
  const acknowledge = (id: string, reason: string, ...more: string[]) =>
    world.run(['failures', 'acknowledge', 'prod', id, '--reason', reason, ...more], NO_COLOR);
  expect(await acknowledge(badly.id.slice(0, 12), 'a scan')).toEqual({
    code: 0,
    out: '✓ Acknowledged in prod (production): deliveries without a valid signature\n',
    err: '',
  });
  const again = await acknowledge(badly.id, 'a scan');
  expect(again).toMatchObject({ code: 1, out: '' });
  expect(again.err).toMatch(/nothing was changed. \S+ acknowledged it already, at .*: a scan/);
  expect((await world.run(['failures', 'prod'])).code).toBe(1);
  expect(json((await acknowledge(failed.id, 'INC-7', '--json')).out)).toMatchObject({
    state: 'acknowledged',
    acknowledged: { by: expect.stringMatching(/^cli:/), reason: 'INC-7', covers: ['CRM_TIMEOUT'] },
  });
  expect((await world.run(['failures', 'prod'])).code).toBe(0);

  writeOutcomes(database, [
    { at: Date.now(), status: 'failed', code: 'CRM_REFUSED', activity: 'CONTRACT_EXECUTED', contract_id: 8 },
  ]);
  const reopened = await world.run(['failures', 'prod'], NO_COLOR);
  expect(reopened.code).toBe(1);
  expect(reopened.out.replace(/\s+/g, ' ')).toContain('open again: new reason CRM_REFUSED');
}, 60_000);

test('the exit code is 2 when failures cannot be read, which is logged to standard error, and 64 for wrong usage', async () => {
  const world = await openCliWorld();
  const sqlite = openSqlite(databaseOf(world));
  sqlite.exec('alter table outcomes rename to lost');
  sqlite.close();
  const { code, out } = await world.run(['failures', 'prod'], NO_COLOR);
  expect(code).toBe(2);
  expect(out).toMatch(/; 1 could not be read\n\? Could not read: failed outcomes\. the log cannot be read/);
  const object = await world.run(['failures', 'prod', '--json']);
  expect(json(object.out).unknown).toHaveLength(1);
  expect(json(object.err)).toMatchObject({ msg: 'failures not read', environment: 'prod' });
  for (const [args, exit, message] of [
    [['failures'], 64, 'environment'],
    [['failures', 'prdo'], 64, 'did you mean prod?'],
    [['failures', 'acknowledge', 'prod', 'grp_x'], 64, '--reason'],
    [['failures', 'acknowledge', 'prod', 'grp_nothing', '--reason', 'x'], 1, 'not everything could be read'],
    [['failures', 'acknowledge', 'prod', 'grp_nothing', '--reason', ' '], 1, 'A reason is needed'],
  ] as const) {
    const ended = await world.run([...args]);
    expect(ended).toMatchObject({ code: exit, out: '' });
    expect(ended.err).toContain(message);
  }
}, 60_000);
