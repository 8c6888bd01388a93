import { expect, test } from 'vitest';
import { declaredReason, resettle, settle } from '../../src/readiness/evaluate.ts';
import type { ItemResult, JudgedCheck, Report } from '../../src/readiness/report.ts';
import { nextStepOf } from '../../src/readiness/status-text.ts';
import { pack } from '../../src/store/packed-json.ts';
import {
  checkOf,
  checksOf,
  environmentFile,
  idsOf,
  type Stand,
  type StandOptions,
  startStand,
  there,
} from '../environment.ts';
import { newestVersion } from './northwind.ts';

const check = (id: string, changes: Partial<JudgedCheck> = {}): JudgedCheck => ({
  id,
  item: 'logging',
  status: 'pass',
  severity: 'blocking',
  title: id,
  expected: 'expected',
  actual: 'actual',
  reason: null,
  remedy: null,
  evidence: [],
  restsOn: [],
  ...changes,
});
const item = (...checks: JudgedCheck[]): ItemResult => ({
  id: 'logging',
  title: 'Logging',
  status: 'pass',
  checks,
});
const settled = (...checks: JudgedCheck[]) => there(settle([item(...checks)], true, [])[0]);

test('a check waits for the first cause, through any number of checks between', () => {
  const { checks, status } = settled(
    check('a.c', { restsOn: ['a.b'] }),
    check('a.b', { restsOn: ['a.a'] }),
    check('a.a', { status: 'fail' }),
  );
  expect(checks.map(({ id, waitsFor }) => [id, waitsFor])).toEqual([
    ['a.c', 'a.a'],
    ['a.b', 'a.a'],
    ['a.a', undefined],
  ]);
  expect(status).toBe('fail');
});

test('behind an unknown check only unknown ones wait', () => {
  const base = check('a.a', { status: 'unknown' });
  const behind = (status: JudgedCheck['status']) =>
    settled(base, check('a.b', { status, restsOn: ['a.a'] })).checks[1]?.status;
  expect([behind('unknown'), behind('pass'), behind('fail')]).toEqual(['skipped', 'pass', 'fail']);
});

test('behind a waived failure nothing waits', () => {
  const base = check('a.a', { status: 'waived' });
  expect(settled(base, check('a.b', { status: 'fail', restsOn: ['a.a'] })).status).toBe('fail');
});

test('an accepted failure stays accepted behind another failure', () => {
  const accepted = check('a.b', { status: 'waived', restsOn: ['a.a'] });
  expect(settled(check('a.a', { status: 'fail' }), accepted).checks[1]).toMatchObject({ status: 'waived' });
});

test('an item whose other checks wait is not green', () => {
  const other = check('b.a', { item: 'host', status: 'unknown' });
  const items = settle(
    [
      item(check('a.a'), check('a.b', { status: 'unknown', restsOn: ['b.a'] })),
      { ...item(other), id: 'host' },
    ],
    false,
    [],
  );
  expect(items.find(({ id }) => id === 'logging')?.status).toBe('unknown');
});

test('a validated model alone shows nothing about the configuration of production', () => {
  const ofConfiguration = { item: 'configuration' } as const;
  const validated = check('promotion.validated', ofConfiguration);
  const others = check('config.templates', { ...ofConfiguration, status: 'skipped' });
  const [judged] = settle([item(validated, others)], true, []);
  expect(judged?.status).toBe('unknown');
  expect(judged?.checks[0]).toMatchObject({ id: 'configuration.configured', status: 'unknown' });
});

test('an item shows a reason of the config only where the config declares one', () => {
  const skipped = item(check('logging.events', { status: 'skipped' }));
  const reasonOf = (reasons: string[]) =>
    declaredReason(
      there(
        settle(
          [skipped],
          true,
          reasons.map((reason) => ({ item: 'logging', reason })),
        )[0],
      ),
    );
  expect(reasonOf(['logs are elsewhere'])).toBe('not applicable: logs are elsewhere');
  expect(reasonOf([])).toBeNull();
});

test('a check proven by a sign-off takes its result, a waived one included, also when it is settled again', () => {
  const proven = check('logging.requests', { status: 'skipped', provenBy: 'sign-offs.x' });
  const signOff = (status: JudgedCheck['status']) =>
    check('sign-offs.x', { item: 'sign-offs', status, actual: 'Ada' });
  const statusWith = (status: JudgedCheck['status']) => {
    const [logging] = settle([item(proven, signOff(status))], true, []);
    return [logging?.checks[0]?.status, logging?.checks[0]?.waitsFor];
  };
  expect(statusWith('pass')).toEqual(['pass', undefined]);
  expect(statusWith('waived')).toEqual(['waived', undefined]);
  expect(statusWith('fail')).toEqual(['skipped', 'sign-offs.x']);
  expect(statusWith('unknown')).toEqual(['skipped', 'sign-offs.x']);
  const unsigned = settle([item(proven, signOff('fail'))], true, []);
  const now = resettle(
    unsigned.map((each) => ({
      ...each,
      checks: each.checks.map((one) =>
        one.id === 'sign-offs.x' ? { ...one, status: 'pass' as const } : one,
      ),
    })),
  );
  expect(now[0]?.checks[0]).toMatchObject({ status: 'pass', actual: 'Ada' });
  expect(now[0]?.status).toBe('pass');
});

test('the next step is that of the check for which most others wait', () => {
  const items = settle(
    [
      item(
        check('a.x', { status: 'fail', remedy: 'small' }),
        check('a.a', { status: 'unknown', remedy: 'network' }),
        check('a.b', { status: 'unknown', restsOn: ['a.a'] }),
        check('a.c', { status: 'unknown', restsOn: ['a.a'] }),
      ),
    ],
    false,
    [],
  );
  expect(nextStepOf({ items } as Report)).toBe('network');
});

test('the next step is that of the first failure when one check waits for another', () => {
  const items = settle(
    [
      item(
        check('a.x', { status: 'fail', remedy: 'first' }),
        check('a.a', { status: 'fail', remedy: 'second' }),
        check('a.b', { status: 'fail', restsOn: ['a.a'] }),
      ),
    ],
    false,
    [],
  );
  expect(nextStepOf({ items } as Report)).toBe('first');
});

const waive = async (stand: Awaited<ReturnType<typeof startStand>>, id: string) => {
  await stand.check();
  const accepted = await stand.core.waivers.accept(
    {
      subject: { kind: 'check', environment: 'prod', check: id },
      reason: 'accepted in a test',
      until: Date.now() + 86_400_000,
      seen: null,
    },
    'slack:U0BOB',
  );
  expect(accepted.kind).toBe('done');
  return stand.check();
};

test('an accepted failure hides no other check that has nothing to rest on', async () => {
  const noCalls = await startStand({ log: { ready: true, calls: null } });
  const requests = await waive(noCalls, 'logging.requests');
  expect([checkOf(requests, 'logging.requests').status, checkOf(requests, 'logging.retries').status]).toEqual(
    ['waived', 'fail'],
  );
  const noEvents = await startStand({ log: null });
  const deliveries = await waive(noEvents, 'webhooks.delivering');
  expect(checkOf(deliveries, 'logging.events').status).toBe('fail');
  expect([requests.verdict, deliveries.verdict]).toEqual(['not_ready', 'not_ready']);
});

test('an item declared not applicable asks for no proof of logging, and its reason is shown', async () => {
  const edit: StandOptions['edit'] = (file) => {
    for (const name of ['uat', 'prod']) {
      const environment = environmentFile(file, name);
      delete environment.webhooks;
      delete environment.intake;
      delete environment.routing;
    }
    file.notApplicable = (['webhooks', 'logging'] as const).map((each) => ({
      item: each,
      reason: 'batch only',
    }));
  };
  const report = await (await startStand({ log: { ready: true, calls: null }, edit })).check();
  expect(idsOf(report, 'unknown')).toEqual([]);
  expect(checkOf(report, 'logging.configured').reason).toBe('not applicable: batch only');
  expect(report.verdict).toBe('ready');
});

test('a comparison passes over no place that could hold a breaking difference', async () => {
  const stand = await startStand();
  Object.assign(newestVersion(stand.prod), { status: null });
  const report = await stand.check();
  expect(checkOf(report, 'config.workflows').status).toBe('unknown');
  const other = await startStand({
    edit: (file) => {
      if (file.requires) file.requires.workflows = [];
    },
  });
  Object.assign(newestVersion(other.prod), { status: null });
  const drift = checkOf(await other.check(), 'promotion.drift');
  expect([drift.status, drift.reason]).toEqual(['unknown', expect.stringMatching(/^workflows\/.*status/)]);
});

test('a model without any configuration proves nothing', async () => {
  const stand = await startStand({
    edit: (file) => {
      file.requires = {};
    },
    prepare: ({ uat, prod }) => {
      for (const workspace of [uat, prod])
        Object.assign(workspace, {
          contractTypes: [],
          templates: [],
          workflows: [],
          roles: [],
          entities: [],
          featureFlags: {},
        });
    },
  });
  const report = await stand.check();
  expect(report.verdict).not.toBe('ready');
  expect(checksOf(report).filter(({ id, status }) => id === 'promotion.drift' && status === 'pass')).toEqual(
    [],
  );
});

test('a ready model of which nothing was required validates nothing', async () => {
  const stand = await startStand({
    log: { ready: false },
    edit: (file) => {
      for (const list of Object.values(file.requires ?? {}))
        if (Array.isArray(list))
          for (const [index, entry] of list.entries())
            list[index] = {
              ...(typeof entry === 'string' ? { name: entry } : entry),
              environments: ['prod'],
            };
    },
  });
  expect((await stand.check('uat')).verdict).toBe('ready');
  expect(checkOf(await stand.check(), 'promotion.validated')).toMatchObject({
    status: 'unknown',
    reason: expect.stringMatching(/^uat was ready, but nothing was required of its configuration/),
  });
});

test.each([
  [
    'with another key',
    ({ uat }: Stand) => void Object.assign(uat, { hmacKey: Buffer.from('another').toString('base64') }),
    /^report rpt_\w+ of uat says ready, but of a workspace with another webhook key than uat has now\nthe newest CONTRACT_CREATED arrived before uat got its present webhook key/,
  ],
  [
    'whose key could not be read for the report',
    ({ core }: Stand) =>
      core.db
        .updateTable('snapshots')
        .set({ content: pack({ version: 1, webhookKey: { unknown: 'timeout' } }) })
        .execute(),
    /^report rpt_\w+ of uat says ready, but a webhook key was not read, so it may be about another workspace/,
  ],
  [
    'that no read of the report shows',
    ({ core }: Stand) =>
      core.db
        .updateTable('snapshots')
        .set({ content: pack({ version: 1 }) })
        .execute(),
    /a webhook key was not read/,
  ],
])('a report about a workspace %s does not validate the model', async (_, change, reason) => {
  const stand = await startStand({ log: { ready: true } });
  expect(checkOf(await stand.check(), 'promotion.validated').status).toBe('pass');
  await change(stand);
  expect(checkOf(await stand.check(), 'promotion.validated')).toMatchObject({
    status: 'unknown',
    reason: expect.stringMatching(reason),
    remedy: expect.stringMatching(/^Check uat, then check again/),
  });
});

test('a stored reading of another workspace is not compared with production', async () => {
  const stand = await startStand({ log: { ready: true } });
  await stand.check();
  stand.uat.hmacKey = Buffer.from('another').toString('base64');
  stand.uat.roles.push({ ...there(stand.uat.roles[0]), id: 77, name: 'EMEA Sales' });
  expect(checkOf(await stand.check(), 'promotion.drift').actual).toMatch(/EMEA Sales: only in uat/);
});

test('a role with an @ in its name is a role', async () => {
  const stand = await startStand({
    edit: (file) => {
      environmentFile(file, 'prod').routing = { businessUser: 'Sales @ EMEA' };
    },
  });
  const report = await stand.check();
  expect(checkOf(report, 'routing.roles')).toMatchObject({
    status: 'fail',
    expected: expect.stringContaining('Sales @ EMEA'),
  });
  expect(checkOf(report, 'routing.business-user').waitsFor).toBe('routing.roles');
});

test('a sign-off that is judged again waits as in a new report', () => {
  const signOff = (changes: Partial<JudgedCheck>) =>
    check('sign-offs.x', { item: 'sign-offs', restsOn: ['a.a'], ...changes });
  const waitsFor = (base: JudgedCheck['status'], own: JudgedCheck['status']) =>
    checksIn(resettle([item(check('a.a', { status: base }), signOff({ status: own }))]));
  expect(waitsFor('fail', 'unknown')).toEqual([undefined, 'a.a']);
  expect(waitsFor('unknown', 'unknown')).toEqual([undefined, 'a.a']);
  expect(waitsFor('pass', 'unknown')).toEqual([undefined, undefined]);
  expect(waitsFor('waived', 'unknown')).toEqual([undefined, undefined]);
});

const checksIn = (items: readonly ItemResult[]) =>
  items.flatMap(({ checks }) => checks.map((each) => each.waitsFor));
