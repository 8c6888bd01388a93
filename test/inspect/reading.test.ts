import { expect, test } from 'vitest';
import type { Fault } from '../../sandbox/spotdraft/faults.ts';
import type { OperationId } from '../../sandbox/spotdraft/operations.ts';
import type { Progress } from '../../src/workspace/progress.ts';
import { type Stand, startStand } from '../environment.ts';
import { newestVersion, template, templateField } from '../readiness/northwind.ts';

const compare = (stand: Stand, onProgress: (progress: Progress) => void = () => {}) =>
  stand.core.drift.compare(stand.environment('uat'), stand.environment('prod'), onProgress);

const paths = (comparison: { differences: { path: string; kind: string; weight: string }[] }) =>
  comparison.differences.map(({ path, kind, weight }) => `${kind} ${path} (${weight})`);

test('two equally configured workspaces have no differences, whatever their ids', async () => {
  expect(await compare(await startStand())).toMatchObject({ differences: [], unknown: [] });
});

test('all items are compared, not only the required ones', async () => {
  const stand = await startStand({ edit: (file) => Object.assign(file, { requires: {} }) });
  const { prod } = stand;
  const nda = template(prod, 'Mutual NDA - Standard');
  nda.fields = nda.fields.filter(({ variable }) => variable !== 'purpose');
  Object.assign(templateField(prod, 'effective_date'), { type: 'string' });
  newestVersion(prod).approvals = [];
  prod.roles = prod.roles.filter(({ name }) => name !== 'NA Sales');
  expect(paths(await compare(stand))).toEqual([
    'missing roles/NA Sales (breaking)',
    'missing templates/Mutual NDA - Standard/fields/purpose (breaking)',
    'changed templates/Order Form - Standard/fields/effective_date/type (breaking)',
    'missing workflows/Order Form/approvals/Legal review (breaking)',
  ]);
});

test('members and feature flags are compared when any environment requires them', async () => {
  const stand = await startStand({
    edit: (file) =>
      Object.assign(file, {
        requires: {
          users: [{ email: 'integrations@northwind.example', environments: ['prod'] }],
          featureFlags: [{ name: 'PUBLIC_ANALYTICS_QUERY_API', environments: ['uat'] }, 'NO_SUCH_FLAG'],
        },
      }),
  });
  expect(await compare(stand)).toMatchObject({ differences: [], unknown: [] });
  Object.assign(stand.prod.featureFlags, { PUBLIC_ANALYTICS_QUERY_API: false });
  for (const user of stand.prod.users) user.active = false;
  expect(paths(await compare(stand))).toEqual([
    'changed featureFlags/PUBLIC_ANALYTICS_QUERY_API (breaking)',
    'changed users/integrations@northwind.example/active (breaking)',
  ]);
});

test('expected webhook activities are compared as the config lists them', async () => {
  const stand = await startStand({
    edit: (file) =>
      Object.assign(file.environments.prod?.webhooks ?? {}, { activities: ['CONTRACT_CREATED'] }),
  });
  expect(paths(await compare(stand))).toEqual(['missing webhooks/CONTRACT_EXECUTED (breaking)']);
});

test('progress counts the reads of both workspaces and reaches its plan', async () => {
  const stand = await startStand();
  const seen: Progress[] = [];
  await compare(stand, (progress) => seen.push(progress));
  const last = seen.at(-1);
  expect(last?.done).toBe(last?.planned);
  expect(last?.done).toBe(stand.spotdraft.requests.length);
  for (const { done, planned } of seen) expect(done).toBeLessThanOrEqual(planned);
  // The lists come early and complete the plan.
  const halfway = seen.find(({ done }) => done * 2 >= (last?.done ?? 0));
  expect(halfway?.planned).toBe(last?.planned);
});

test('a complete reading stays within the configured pace', async () => {
  const stand = await startStand({ pace: 'as configured', latencyMs: 20 });
  await compare(stand);
  for (const workspace of ['uat', 'prod']) {
    const times = stand.spotdraft.requests.filter((each) => each.workspace === workspace).map(({ at }) => at);
    expect(times.length).toBeGreaterThan(20);
    // The rate over the whole reading: the simulator sees a request late while this process is busy, and then two at once.
    const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1_000;
    expect(times.length).toBeLessThanOrEqual(5 * seconds + 6);
  }
});

/** Operation, and the path at which its failure has to be reported. */
const reads: [OperationId, RegExp][] = [
  ['contract_types', /^contractTypes$/],
  ['contract_type_entities', /^contractTypes\/[^/]+\/entities$/],
  ['intake_form', /^contractTypes\/[^/]+\/intakeFields$/],
  ['key_pointers', /^contractTypes\/[^/]+\/metadataFields$/],
  ['templates', /^templates$/],
  ['template', /^templates\/[^/]+\/tags$/],
  ['template_metadata', /^templates\/[^/]+\/fields$/],
  ['entities', /^entities$/],
  ['roles', /^roles$/],
  ['users', /^users\/[^/]+$/],
  ['feature_flags', /^featureFlags$/],
  ['analytics_query', /^workflows$/],
];

const faults: Record<string, Fault> = {
  '403': { kind: 'status', status: 403 },
  '404': { kind: 'status', status: 404 },
  '500': { kind: 'status', status: 500 },
  'a reset': { kind: 'reset' },
  'a body cut short': { kind: 'reset_mid_body' },
  'another shape': { kind: 'json', body: 'none' },
};

test.each(reads)('a failed read of %s is never a difference', async (operation, place) => {
  const stand = await startStand();
  for (const [name, fault] of Object.entries(faults))
    for (const workspace of ['uat', 'prod']) {
      stand.spotdraft.faults.clear();
      stand.spotdraft.faults.add({ workspace, operation, fault });
      const { differences, unknown } = await compare(stand);
      expect({ name, workspace, differences }).toEqual({ name, workspace, differences: [] });
      expect(unknown.length).toBeGreaterThan(0);
      for (const { path, reason } of unknown) {
        expect(path).toMatch(operation === 'contract_types' ? /^(?:contractTypes|templates)/ : place);
        expect(reason).toMatch(/could not be read in|was not read in/);
        expect(reason).toContain(workspace);
      }
    }
});

test('an unreadable environment is reported with the reason and stores no snapshot', async () => {
  const stand = await startStand();
  stand.spotdraft.faults.add({ workspace: 'prod', fault: { kind: 'status', status: 401 } });
  const { differences, unknown } = await compare(stand);
  expect(differences).toEqual([]);
  expect(unknown).toEqual([
    { path: '*', reason: expect.stringMatching(/^prod \(production\) could not be read: .*401/) },
  ]);
  expect((await stand.core.drift.history(stand.environment('prod'))).readings).toBe(0);
});

test('nothing is sent to a base URL on a foreign host', async () => {
  const stand = await startStand({
    edit: (file) =>
      Object.assign(file.environments.prod ?? {}, { baseUrl: 'https://elsewhere.example/api/v2.1/public' }),
  });
  const { unknown } = await compare(stand);
  expect(unknown.map(({ reason }) => reason)).toEqual([
    'prod (production) could not be read: nothing was sent, because the host of the baseUrl is wrong (host.region)',
  ]);
});
