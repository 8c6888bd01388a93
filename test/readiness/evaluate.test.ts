import { expect, test } from 'vitest';
import { exitCodeOfVerdict } from '../../src/cli/exit-codes.ts';
import type { CheckInput } from '../../src/readiness/check.ts';
import { checks } from '../../src/readiness/checks/index.ts';
import { compareReports } from '../../src/readiness/compare-reports.ts';
import { verdictOf } from '../../src/readiness/evaluate.ts';
import { combine, type Finding, fail, pass, remedyFor, skip } from '../../src/readiness/judgement.ts';
import type { CheckResult, ItemResult, Report, Severity, Status } from '../../src/readiness/report.ts';
import { nextStepOf } from '../../src/readiness/status-text.ts';
import type { Source, UnknownCode } from '../../src/spotdraft/fact.ts';
import { unknown } from '../../src/spotdraft/fact.ts';
import {
  type ConfigFile,
  checkOf,
  environmentFile,
  idsOf,
  type StandOptions,
  startStand,
} from '../environment.ts';
import fc from '../fast-check.ts';

const statuses: Status[] = ['pass', 'fail', 'warn', 'unknown', 'waived', 'skipped'];

const result = (status: Status, severity: Severity = 'blocking', id = 'a.b'): CheckResult => ({
  id,
  item: 'host',
  status,
  severity,
  title: 'title',
  expected: 'expected',
  actual: 'actual',
  reason: null,
  remedy: status === 'fail' || status === 'unknown' ? `remedy of ${id}` : null,
  evidence: [],
});

const item = (...checks: CheckResult[]): ItemResult => ({
  id: 'host',
  title: 'Host',
  status: 'pass',
  checks,
});

const anyResult = fc
  .tuple(fc.constantFrom(...statuses), fc.constantFrom<Severity>('blocking', 'advisory'))
  .map(([status, severity]) => result(status, severity));
const anyItems = fc.array(fc.array(anyResult).map((own) => item(...own)));

test.each([
  [['pass', 'pass'], 'ready'],
  [['pass', 'warn'], 'ready'],
  [['pass', 'skipped'], 'ready'],
  [['pass', 'waived'], 'ready'],
  [['pass', 'unknown'], 'unknown'],
  [['unknown', 'fail'], 'not_ready'],
  [['pass', 'fail'], 'not_ready'],
] as const)('%j makes the verdict %s', (given, verdict) => {
  expect(verdictOf(given.map((status) => item(result(status))))).toBe(verdict);
});

test('an unknown blocking check never counts as ready, whatever the other results are', () => {
  fc.assert(
    fc.property(anyItems, fc.constantFrom<Status>('unknown', 'fail'), (items, status) => {
      const verdict = verdictOf([...items, item(result(status))]);
      expect(verdict).not.toBe('ready');
      expect(exitCodeOfVerdict[verdict]).not.toBe(0);
    }),
  );
});

test('advisory checks do not change the verdict', () => {
  fc.assert(
    fc.property(anyItems, fc.constantFrom(...statuses), (items, status) => {
      expect(verdictOf([...items, item(result(status, 'advisory'))])).toBe(verdictOf(items));
    }),
  );
});

test('the exit code is 0 for ready, 1 for not ready and 2 for unknown', () => {
  expect(exitCodeOfVerdict).toEqual({ ready: 0, not_ready: 1, unknown: 2 });
});

const source = (callId: string): Source => ({
  callId,
  method: 'GET',
  path: '/templates/',
  status: 200,
  attempts: 1,
  ms: 1,
  at: 0,
});
const anySources = fc.array(fc.string({ minLength: 1 }).map(source), { maxLength: 3 });
const words = fc.string({ minLength: 1 });
const finding = (status: Finding['status']): fc.Arbitrary<Finding> =>
  fc
    .record({ expected: words, actual: words, reason: words, remedy: words, evidence: anySources })
    .map((parts) => ({ ...parts, status }) as Finding);
const anyFinding = fc.oneof(finding('pass'), finding('fail'), finding('unknown'), finding('skipped'));

test('findings with a failure or an unknown never combine to a pass', () => {
  fc.assert(
    fc.property(
      fc.array(anyFinding),
      fc.oneof(finding('fail'), finding('unknown')),
      fc.array(anyFinding),
      (before, bad, after) => {
        const findings = [...before, bad, ...after];
        const worst = findings.some(({ status }) => status === 'fail') ? 'fail' : 'unknown';
        expect(combine(findings).status).toBe(worst);
      },
    ),
  );
});

test('a pass needs at least one passed finding and no failed or unknown one', () => {
  fc.assert(
    fc.property(fc.array(anyFinding), (findings) => {
      const has = (status: Finding['status']) => findings.some((each) => each.status === status);
      const { status } = combine(findings);
      expect(status === 'pass').toBe(has('pass') && !has('fail') && !has('unknown'));
      expect(status === 'skipped').toBe(!has('pass') && !has('fail') && !has('unknown'));
    }),
  );
});

test('each expected line has its actual line, whatever the names contain', () => {
  fc.assert(
    fc.property(fc.array(finding('fail'), { minLength: 1, maxLength: 30 }), (findings) => {
      const { expected, actual, remedy, evidence } = combine(findings);
      const lines = Math.min(findings.length, 20) + (findings.length > 20 ? 1 : 0);
      expect([expected.split('\n').length, actual.split('\n').length]).toEqual([lines, lines]);
      expect(remedy?.split('\n')).toHaveLength(1);
      const ids = evidence.map(({ callId }) => callId);
      expect(new Set(ids).size).toBe(ids.length);
      const given = findings.flatMap((each) => ('evidence' in each ? each.evidence : []));
      expect(new Set(ids)).toEqual(new Set(given.map(({ callId }) => callId)));
    }),
  );
});

test('unknown findings beside a failure are stated in the reason', () => {
  const unclear: Finding = {
    status: 'unknown',
    expected: 'x',
    reason: 'it hid',
    remedy: 'look',
    evidence: [],
  };
  const judged = combine([fail('a', 'b', 'c', []), unclear, skip('d', 'no d')]);
  expect(judged).toMatchObject({
    status: 'fail',
    expected: 'a',
    actual: 'b',
    reason: '1 more could not be judged (x): it hid; 1 not judged: no d',
  });
});

test('one next step is named and the others are counted', () => {
  const three = ['one', 'two', 'two', 'three'].map((remedy) => fail('a', 'b', remedy, []));
  expect(combine(three).remedy).toBe('one (then 2 more steps)');
  expect(combine([pass('a', 'b', [])]).remedy).toBeNull();
});

test('every cause of an unknown has a next step', () => {
  const codes: Record<UnknownCode, true> = {
    other_workspaces: true,
    unauthorized: true,
    forbidden: true,
    not_found: true,
    rate_limited: true,
    refused: true,
    not_enabled: true,
    server_error: true,
    redirect: true,
    timeout: true,
    network: true,
    certificate: true,
    empty: true,
    not_json: true,
    shape: true,
    too_large: true,
    incomplete: true,
    not_asked: true,
    database: true,
  };
  for (const code of Object.keys(codes) as UnknownCode[])
    expect([code, remedyFor(unknown(code, 'reason', []))]).toEqual([
      code,
      expect.stringMatching(/^[A-Z].{20,}/),
    ]);
});

const report = (...own: CheckResult[]): Report => ({
  id: 'rpt_1',
  environment: 'prod',
  production: true,
  verdict: 'ready',
  checkedAt: 0,
  durationMs: 0,
  apiCalls: 0,
  snapshot: null,
  items: [item(...own)],
});

test('the next step of a report is that of a blocking failure first', () => {
  const three = [
    result('unknown', 'blocking', 'u.b'),
    result('fail', 'advisory', 'f.a'),
    result('fail', 'blocking', 'f.b'),
  ];
  expect(nextStepOf(report(...three))).toBe('remedy of f.b');
  expect(nextStepOf(report(...three.slice(0, 2)))).toBe('remedy of f.a');
  expect(nextStepOf(report(...three.slice(0, 1)))).toBe('remedy of u.b');
  expect(nextStepOf(report(result('pass')))).toBeNull();
});

test.each([
  ['fail', 'pass', 'resolved'],
  ['unknown', 'pass', 'readable'],
  ['fail', 'warn', 'resolved'],
  ['unknown', 'warn', null],
  ['fail', 'waived', 'resolved'],
  ['pass', 'fail', 'broken'],
  ['unknown', 'fail', null],
  ['waived', 'fail', 'broken'],
  ['fail', 'fail', null],
  ['fail', 'unknown', null],
  ['pass', 'unknown', null],
] as const)('from %s to %s is %s', (before, after, change) => {
  const { resolved, readable, broken } = compareReports(report(result(before)), report(result(after)));
  expect({ resolved, readable, broken }).toEqual({
    resolved: change === 'resolved' ? [expect.anything()] : [],
    readable: change === 'readable' ? [expect.anything()] : [],
    broken: change === 'broken' ? [expect.anything()] : [],
  });
});

test.each([
  ['fail', 'pass', 'resolved'],
  ['pass', 'pass', 'readable'],
  ['pass', 'fail', 'broken'],
  ['fail', 'fail', null],
] as const)(
  'a check that was last known as %s before an outage and is %s after it is %s',
  (last, after, change) => {
    const changes = compareReports(report(result('unknown')), report(result(after)), {
      [result(after).id]: last,
    });
    const changed = Object.entries(changes).flatMap(([name, checks]) => (checks.length > 0 ? [name] : []));
    expect(changed).toEqual(change === null ? [] : [change]);
  },
);

test('an item shows the worst status of its checks', async () => {
  const stand = await startStand();
  stand.prod.roles = [];
  stand.spotdraft.faults.add({ workspace: 'prod', operation: 'contracts', fault: { kind: 'empty' } });
  const { items } = await stand.check();
  expect(Object.fromEntries(items.map(({ id, status }) => [id, status]))).toEqual({
    credentials: 'pass',
    host: 'pass',
    configuration: 'fail',
    webhooks: 'pass',
    'external-metadata': 'unknown',
    logging: 'pass',
  });
});

test('equal facts give equal results at any time of day', async () => {
  const stand = await startStand();
  const first = await stand.check();
  const again = await stand.check();
  const judged = ({ items }: Report) =>
    items.flatMap((each) => each.checks.map(({ id, status, expected }) => [id, status, expected]));
  expect(judged(again)).toEqual(judged(first));
  expect(again.snapshot).toBe(first.snapshot);
});

/** Removes everything that is optional, and UAT. */
function nothingConfigured(file: ConfigFile): void {
  file.requires = {};
  delete file.externalMetadata;
  delete file.drift;
  delete file.environments.uat;
  const { prod } = file.environments;
  delete prod?.webhooks;
  delete prod?.workspaceId;
  delete prod?.intake;
  delete prod?.routing;
}

test('every check without a requirement is skipped and never passes', async () => {
  const stand = await startStand({
    log: null,
    edit: (file) => {
      nothingConfigured(file);
      environmentFile(file, 'prod').production = false;
    },
  });
  const { verdict, items } = await stand.check();
  const passed = items.flatMap((each) => each.checks.filter(({ status }) => status === 'pass'));
  expect(verdict).toBe('ready');
  expect(passed.map(({ id }) => id)).toEqual([
    'credentials.accepted',
    'host.path',
    'host.region',
    'host.reachable',
  ]);
  const rest = items.flatMap((each) => each.checks.filter(({ status }) => status !== 'pass'));
  for (const { status, reason, expected } of rest)
    expect([status, reason, expected]).toEqual(['skipped', expect.stringMatching(/\S/), 'nothing']);
});

const bareProduction = (edit: (file: ConfigFile) => void = () => {}, log: StandOptions['log'] = null) =>
  startStand({
    log,
    edit: (file) => {
      nothingConfigured(file);
      edit(file);
    },
  });

test('an item of production for which nothing is configured is unknown, and so is the verdict', async () => {
  const report = await (await bareProduction()).check();
  expect(report.verdict).toBe('unknown');
  expect(Object.fromEntries(report.items.map(({ id, status }) => [id, status]))).toEqual({
    credentials: 'pass',
    host: 'pass',
    configuration: 'unknown',
    webhooks: 'unknown',
    'external-metadata': 'unknown',
    logging: 'unknown',
  });
  for (const id of ['configuration', 'webhooks', 'external-metadata'])
    expect(checkOf(report, `${id}.configured`)).toMatchObject({
      status: 'unknown',
      severity: 'blocking',
      reason: 'nothing is configured for it',
      remedy: expect.stringMatching(/^Add .* to the config, or declare item [a-z-]+ under notApplicable/),
    });
  expect(checkOf(report, 'logging.requests').reason).toMatch(/^nothing shows what the integration logs/);
});

test('an item that the config declares not applicable shows the declared reason and opens the gate', async () => {
  const items = ['configuration', 'webhooks', 'external-metadata'] as const;
  const stand = await bareProduction((file) => {
    file.notApplicable = items.map((item) => ({ item, reason: `no ${item} here`, environments: ['prod'] }));
  }, {});
  const report = await stand.check();
  expect([report.verdict, idsOf(report, 'unknown')]).toEqual(['ready', []]);
  for (const id of items)
    expect(checkOf(report, `${id}.configured`)).toMatchObject({
      status: 'skipped',
      reason: `not applicable: no ${id} here`,
    });
});

test('a declaration for another environment does not count', async () => {
  const stand = await bareProduction((file) => {
    file.environments.uat = { ...environmentFile(file, 'prod'), production: false };
    file.notApplicable = [{ item: 'webhooks', reason: 'none', environments: ['uat'] }];
  });
  expect(checkOf(await stand.check(), 'webhooks.configured').status).toBe('unknown');
});

test('requirements that are all for another environment leave the item unknown', async () => {
  const stand = await bareProduction((file) => {
    file.environments.uat = { ...environmentFile(file, 'prod'), production: false };
    file.requires = { roles: [{ name: 'Legal Team', environments: ['uat'] }] };
  });
  expect(checkOf(await stand.check(), 'configuration.configured').reason).toBe(
    'nothing is configured for it',
  );
});

test('a configured item with nothing to judge yet says so and is unknown', async () => {
  const stand = await bareProduction((file) => {
    file.externalMetadata = { rules: [{ integration: 'Salesforce', recordType: 'Opportunity' }] };
  });
  stand.prod.contracts = [];
  expect(checkOf(await stand.check(), 'external-metadata.configured')).toMatchObject({
    status: 'unknown',
    reason: 'nothing could be judged: there is no contract yet',
  });
});

test('a requirement without gathered facts throws instead of passing', () => {
  const facts = { templates: null, templateFields: [], users: [] };
  const requires = { templates: [{ name: 'x', fields: [{}] }], users: [{ email: 'a@b.example' }] };
  const input = { facts, requires } as unknown as CheckInput;
  const judge = (id: string) => () => checks.find((check) => check.id === id)?.judge(input);
  expect(judge('config.template-fields')).toThrow(/were not read$/);
  expect(judge('routing.users')).toThrow(/was not read$/);
});
