import { expect, test } from 'vitest';
import type { Fault } from '../../sandbox/spotdraft/faults.ts';
import type { OperationId } from '../../sandbox/spotdraft/operations.ts';
import { exitCodeOfVerdict } from '../../src/cli/exit-codes.ts';
import { checks } from '../../src/readiness/checks/index.ts';
import type { Report } from '../../src/readiness/report.ts';
import { nextStepOf } from '../../src/readiness/status-text.ts';
import { type EndpointId, endpoints } from '../../src/spotdraft/endpoints.ts';
import { checkOf, environmentFile, idsOf, type StandOptions, startStand, there } from '../environment.ts';
import { long } from '../long.ts';
import { contract } from '../readiness/northwind.ts';

/** 400 ms is longer than any answer takes on a busy machine; the documented 15 s and 75 s would make the test slower. */
const overrides = { retry: { baseDelayMs: 1 }, timeoutMs: () => 400 };

const faults: Record<string, Fault> = {
  '401': { kind: 'status', status: 401 },
  '403': { kind: 'status', status: 403 },
  '404': { kind: 'status', status: 404 },
  // Asks for no wait; test/spotdraft/pace.test.ts is about waiting.
  '429 for ever': { kind: 'status', status: 429, headers: { 'retry-after': '0' } },
  '500': { kind: 'status', status: 500 },
  'no answer': { kind: 'timeout' },
  'a reset': { kind: 'reset' },
  'a reset in the body': { kind: 'reset_mid_body' },
  'a web page': { kind: 'html' },
  'a web page with 503': { kind: 'html', status: 503 },
  'an object of another shape': { kind: 'json', body: { surprise: true } },
  'a string': { kind: 'json', body: 'surprise' },
  null: { kind: 'json', body: null },
  'an empty body': { kind: 'empty' },
  'a redirect': { kind: 'redirect', location: 'https://elsewhere.example/login' },
  'a huge body': { kind: 'huge', bytes: 11_000_000 },
};

const names = Object.keys(faults);
/** Costs a timeout and a retry per read, so the short run tries independent reads together in one check. */
const NO_ANSWER = 'no answer';
const faultOf = (name: string): Fault => faults[name] as Fault;
const isRedirect = (name: string): boolean => name === 'a redirect';

interface Read {
  operation: OperationId;
  /** Pattern of the request in reasons. */
  asked: RegExp;
  /** Checks that need this read. */
  checks: string[];
  /** Those of them that wait for the first of them. */
  waiting?: string[];
  stand?: StandOptions;
}

/** Reads of comparisons, and those that only explain a failure: config-elsewhere.test.ts has their faults. */
type Other = 'template' | 'entities' | 'templatesWithArchived';
const others: string[] = ['template', 'entities', 'templatesWithArchived'] satisfies Other[];

const reads: Record<Exclude<EndpointId, Other>, Read> = {
  hmacKey: {
    operation: 'hmac_key',
    asked: /^GET \S+\/webhooks\/hmac_key\/: /,
    checks: ['credentials.workspace', 'webhooks.signature', 'webhooks.receivers'],
    waiting: ['webhooks.signature', 'webhooks.receivers'],
    // A workspace id in an answer would be proof enough without the key.
    stand: {
      edit: (file) => {
        delete environmentFile(file, 'prod').workspaceId;
      },
    },
  },
  contractTypes: {
    operation: 'contract_types',
    asked: /^GET \S+\/contract_types\/: /,
    checks: [
      'config.contract-types',
      'config.entities',
      'config.intake-forms',
      'config.templates',
      'config.metadata-fields',
    ],
  },
  contractTypeEntities: {
    operation: 'contract_type_entities',
    asked: /^GET \S+\/contract_types\/\d+\/entities: /,
    checks: ['config.entities'],
  },
  intakeForm: {
    operation: 'intake_form',
    asked: /^GET \S+\/contract_types\/\d+\/intake_form\/questionnaire\/: /,
    checks: ['config.intake-forms'],
  },
  metadataFields: {
    operation: 'key_pointers',
    asked: /^GET \S+\/key_pointers\/\?contract_type_id=\d+: /,
    checks: ['config.metadata-fields'],
  },
  templates: {
    operation: 'templates',
    asked: /^GET \S+\/templates\/: /,
    checks: ['config.templates', 'config.template-fields'],
  },
  templateFields: {
    operation: 'template_metadata',
    asked: /^GET \S+\/templates\/\d+\/metadata: /,
    checks: ['config.template-fields'],
  },
  roles: {
    operation: 'roles',
    asked: /^GET \S+\/auth\/roles\/: /,
    checks: ['config.workflows', 'routing.roles'],
  },
  users: {
    operation: 'users',
    asked: /^GET \S+\/auth\/users\/\?user_email=\*&page=1&limit=100: /,
    checks: ['credentials.user', 'routing.users'],
    waiting: ['routing.users'],
    stand: {
      edit: (file) => {
        environmentFile(file, 'prod').userEmail = 'ana.lima@northwind.example';
      },
    },
  },
  featureFlags: {
    operation: 'feature_flags',
    // Any object may be an answer; one without the flag proves nothing.
    asked: /^POST \S+\/workspace\/feature-flags\/: |^the answer does not say whether /,
    checks: ['config.feature-flags'],
  },
  analytics: {
    operation: 'analytics_query',
    asked: /^POST \S+\/analytics\/query\/: /,
    checks: ['config.workflows'],
  },
  contracts: {
    operation: 'contracts',
    asked: /^GET \S+\/contracts\/\?page=1&limit=100\S*: /,
    checks: ['external-metadata.convention', 'external-metadata.unique', 'external-metadata.foreign'],
  },
  externalMetadata: {
    operation: 'external_metadata',
    asked: /^GET \S+\/contracts\/T-\d+\/external_metadata: /,
    checks: ['external-metadata.foreign'],
    // Read separately when the list shows none. Without a rule, no metadata is fine.
    stand: {
      prepare: ({ prod }) => {
        contract(prod).externalMetadata = null;
      },
      edit: (file) => {
        file.externalMetadata = { foreignMarkers: ['uat'] };
      },
    },
  },
};

const verdictAndExit = ({ verdict }: Report) => [verdict, exitCodeOfVerdict[verdict]];

/** Reads that hide no other read when they fail, with separate checks and the plain config. */
const independent: readonly (keyof typeof reads)[] = [
  'contractTypeEntities',
  'intakeForm',
  'metadataFields',
  'templateFields',
  'featureFlags',
  // `contracts` is not in the list, because either of the two has to show the workspace's id.
  'analytics',
];

const ofChecks = (Object.keys(endpoints) as EndpointId[]).filter(
  (each): each is Exclude<EndpointId, Other> => !others.includes(each),
);
for (const [index, id] of ofChecks.entries()) {
  const { operation, asked, checks: behind, waiting = [], stand: options = {} } = reads[id];
  test(`any failure of the ${id} read leaves its checks unknown`, async () => {
    // Only the key is needed for the receivers; the long run probes them beside every other read too.
    const receivers = long || id === 'hmacKey';
    const stand = await startStand({ ...options, overrides, receivers });
    const healthy = await stand.check();
    expect(verdictAndExit(healthy)).toEqual(['ready', 0]);
    for (const each of behind) expect([each, checkOf(healthy, each).status]).toEqual([each, 'pass']);

    // The long run tries each fault on each read. The short one tries a third of them, other ones for each read.
    const tried = names.filter(
      (name, fault) => long || (fault % 3 === index % 3 && !(name === NO_ANSWER && independent.includes(id))),
    );
    for (const name of tried) {
      stand.spotdraft.faults.clear();
      stand.spotdraft.faults.add({ workspace: 'prod', operation, fault: faultOf(name) });
      const report = await stand.check();
      const unknown = isRedirect(name) ? [] : behind.filter((each) => !waiting.includes(each));
      expect([name, idsOf(report, 'unknown')]).toEqual([name, unknown]);
      for (const each of behind.filter((other) => !unknown.includes(other)))
        expect(checkOf(report, each).waitsFor).toBe(isRedirect(name) ? 'host.reachable' : behind[0]);
      expect([name, idsOf(report, 'fail')]).toEqual([name, isRedirect(name) ? ['host.reachable'] : []]);
      expect(verdictAndExit(report)).toEqual(isRedirect(name) ? ['not_ready', 1] : ['unknown', 2]);
      for (const each of unknown) {
        const { reason, remedy, actual, evidence } = checkOf(report, each);
        expect([name, reason]).toEqual([name, expect.stringMatching(asked)]);
        expect(remedy).toMatch(/\S/);
        expect(actual).toBe('unknown');
        expect(evidence.length).toBeGreaterThan(0);
      }
    }
  });
}

test('independent reads without an answer leave the checks of each of them unknown', async () => {
  const stand = await startStand({ overrides, receivers: true });
  for (const id of independent)
    stand.spotdraft.faults.add({
      workspace: 'prod',
      operation: reads[id].operation,
      fault: faultOf(NO_ANSWER),
    });
  const report = await stand.check();
  expect(idsOf(report, 'unknown').sort()).toEqual(independent.flatMap((id) => reads[id].checks).sort());
  expect(idsOf(report, 'fail')).toEqual([]);
  expect(verdictAndExit(report)).toEqual(['unknown', 2]);
  for (const id of independent)
    for (const each of reads[id].checks) {
      const { reason, remedy, actual, evidence } = checkOf(report, each);
      expect([id, reason]).toEqual([id, expect.stringMatching(reads[id].asked)]);
      expect(remedy).toMatch(/\S/);
      expect(actual).toBe('unknown');
      expect(evidence.length).toBeGreaterThan(0);
    }
});

test('every read of the client is tested with faults', () => {
  expect([...ofChecks, ...others].sort()).toEqual(Object.keys(endpoints).sort());
});

/** Checks that need no read of the workspace. */
const byItself = [
  'promotion.validated',
  'host.calls',
  'routing.business-user',
  'credentials.distinct',
  'host.path',
  'host.region',
  'webhooks.separate',
  'webhooks.endpoint',
  'webhooks.delivering',
  'logging.events',
  'logging.requests',
  'logging.retries',
];
/** The check that fails when every read has the fault. */
const seen: Record<string, string> = {
  '401': 'credentials.accepted',
  '403': 'credentials.accepted',
  'a redirect': 'host.reachable',
};
const noAnswer = ['no answer', 'a reset', 'a reset in the body'];

test.each(names)(
  '%s to every read is reported once, every check behind it waits, and none passes because of it',
  async (name) => {
    const stand = await startStand({
      overrides,
      receivers: true,
      edit: (file) => {
        environmentFile(file, 'prod').userEmail = 'ana.lima@northwind.example';
      },
    });
    stand.spotdraft.faults.add({ workspace: 'prod', fault: faultOf(name) });
    const report = await stand.check();
    const failed = seen[name] === undefined ? [] : [seen[name]];
    const answered = noAnswer.includes(name) || isRedirect(name) ? [] : ['host.reachable'];
    expect(idsOf(report, 'fail')).toEqual(failed);
    expect(idsOf(report, 'pass').sort()).toEqual([...byItself, ...answered].sort());
    const root = noAnswer.includes(name) || isRedirect(name) ? 'host.reachable' : 'credentials.accepted';
    expect(idsOf(report, 'unknown')).toEqual(failed.length > 0 ? [] : [root]);
    const waiting = checks.map(({ id }) => id).filter((id) => checkOf(report, id).waitsFor === root);
    const judged = [...byItself, ...answered, root];
    expect(waiting.sort()).toEqual(
      checks
        .map(({ id }) => id)
        .filter((id) => !judged.includes(id))
        .sort(),
    );
    expect(verdictAndExit(report)).toEqual(failed.length > 0 ? ['not_ready', 1] : ['unknown', 2]);

    const { reason, remedy, actual } = checkOf(report, root);
    expect(failed.length > 0 ? actual : reason).toMatch(/\S/);
    if (failed.length === 0) expect(reason).toMatch(/^GET \S+\/webhooks\/hmac_key\/: ./);
    expect(remedy).toMatch(/\S/);
    expect(nextStepOf(report)).toBe(remedy);
    expect(report.snapshot).toBeNull();
    // Only the two first reads were sent.
    const paths = new Set(
      stand.spotdraft.requests.filter(({ workspace }) => workspace === 'prod').map(({ path }) => path),
    );
    expect([...paths]).toEqual(['/api/v2.1/public/webhooks/hmac_key/', '/api/v2.1/public/contract_types/']);
  },
);

test('a check passes when a temporary fault ends within the retries', async () => {
  const stand = await startStand({ overrides });
  stand.spotdraft.faults.add({
    workspace: 'prod',
    operation: 'roles',
    fault: { kind: 'status', status: 500 },
    times: 3,
  });
  const report = await stand.check();
  expect(report.verdict).toBe('ready');
  expect(checkOf(report, 'routing.roles').evidence).toMatchObject([{ status: 200, attempts: 4 }]);
});

test('an unreadable other environment does not fail this one', async () => {
  const stand = await startStand({ overrides, ...reads.hmacKey.stand });
  // UAT was never read.
  await stand.core.db.deleteFrom('snapshot_readings').execute();
  stand.spotdraft.faults.add({ workspace: 'uat', fault: { kind: 'status', status: 500 } });
  const first = await stand.check();
  expect([first.verdict, idsOf(first, 'unknown'), idsOf(first, 'fail')]).toEqual([
    'unknown',
    ['credentials.workspace', 'promotion.validated'],
    [],
  ]);
  expect(checkOf(first, 'promotion.drift').waitsFor).toBe('credentials.workspace');
  expect(checkOf(first, 'credentials.workspace').reason).toMatch(
    /^the key of uat could not be read for comparison: /,
  );

  stand.spotdraft.faults.clear();
  await stand.check('uat');
  await stand.check();
  stand.prod.roles.push({ ...there(stand.prod.roles[0]), id: 78, name: 'Added meanwhile' });
  stand.spotdraft.faults.add({ workspace: 'uat', fault: { kind: 'status', status: 500 } });
  const remembered = await stand.check();
  expect(remembered.verdict).toBe('ready');
  expect(checkOf(remembered, 'credentials.workspace').actual).toMatch(
    /differs from that of uat as read \d{4}-/,
  );
});
