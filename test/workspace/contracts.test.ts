import { expect, test } from 'vitest';
import { createContract } from '../../sandbox/spotdraft/create-records.ts';
import type { Workspace } from '../../sandbox/spotdraft/workspace.ts';
import { checkOf, environmentFile, type Stand, startStand } from '../environment.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Creates `count` contracts evenly between `from` and `to` before now. */
function createMany(workspace: Workspace, count: number, from: number, to: number): void {
  const model = createContract(workspace, { name: 'Order form' });
  const firstNumber = 100_000 * (workspace.contracts.length + 1);
  for (let index = 0; index < count; index += 1) {
    const age = from + ((to - from) * index) / Math.max(1, count - 1);
    const id = `T-${firstNumber + index}`;
    workspace.contracts.push({
      ...model,
      id,
      created: new Date(Date.now() - age).toISOString(),
      externalMetadata: { integrationName: 'Salesforce', recordType: 'Opportunity', id, recordData: {} },
    });
  }
}

const standWith = (create: (prod: Workspace) => void): Promise<Stand> =>
  startStand({
    prepare: ({ prod }) => {
      prod.contracts = [];
      create(prod);
    },
    edit: (file) => {
      file.requires = {};
      // The list of contracts would have to show it, and the check under test would wait for that.
      delete environmentFile(file, 'prod').workspaceId;
      file.externalMetadata = { sample: 20, foreignMarkers: ['uat'] };
    },
  });

const newestFirst = ({ prod }: Stand) =>
  prod.contracts.toSorted((a, b) => b.created.localeCompare(a.created));

const foreign = async (stand: Stand) => checkOf(await stand.check(), 'external-metadata.foreign');

test.each<[string, (prod: Workspace) => void]>([
  ['spread over a year', (prod) => createMany(prod, 300, HOUR_MS, 365 * DAY_MS)],
  ['many in the month and a quiet last week', (prod) => createMany(prod, 400, 10 * DAY_MS, 29 * DAY_MS)],
  [
    'few in the month and many before it',
    (prod) => {
      createMany(prod, 8, HOUR_MS, 20 * DAY_MS);
      createMany(prod, 400, 60 * DAY_MS, 115 * DAY_MS);
    },
  ],
  [
    'few in the last days and an import before them',
    (prod) => {
      createMany(prod, 8, HOUR_MS, 5 * DAY_MS);
      createMany(prod, 400, 9 * DAY_MS, 9 * DAY_MS + HOUR_MS);
    },
  ],
  ['all of them years old', (prod) => createMany(prod, 300, 900 * DAY_MS, 1_500 * DAY_MS)],
  ['fewer than the sample', (prod) => createMany(prod, 7, 5 * DAY_MS, 900 * DAY_MS)],
])('the sample holds the newest contracts: %s', async (_, create) => {
  const stand = await standWith(create);
  const sampled = Math.min(20, stand.prod.contracts.length);
  expect((await foreign(stand)).actual).toBe(`none in ${sampled} contracts`);

  const [inside, outside] = [newestFirst(stand)[sampled - 1], newestFirst(stand)[sampled]];
  if (outside?.externalMetadata) outside.externalMetadata.recordData = { Name: 'uat' };
  expect((await foreign(stand)).status).toBe('pass');
  if (inside?.externalMetadata) inside.externalMetadata.recordData = { Name: 'uat' };
  expect(await foreign(stand)).toMatchObject({
    status: 'fail',
    expected: expect.stringContaining(`${inside?.id}`),
  });
});

test('an import of thousands at one moment is read to its end to find the newest contracts', async () => {
  const stand = await standWith((prod) => createMany(prod, 1_500, 10 * DAY_MS, 10 * DAY_MS + 10_000));
  expect((await foreign(stand)).actual).toBe('none in 20 contracts');
  const newest = newestFirst(stand)[0];
  if (newest?.externalMetadata) newest.externalMetadata.recordData = { Name: 'uat' };
  expect((await foreign(stand)).status).toBe('fail');
});

test('too many contracts of one moment are unknown, not "no contract yet"', async () => {
  const stand = await standWith((prod) => createMany(prod, 10_001, 10 * DAY_MS, 10 * DAY_MS + 1_000));
  const { status, reason, remedy } = await foreign(stand);
  expect(status).toBe('unknown');
  expect(reason).toMatch(/^10001 contracts were created within so short a time/);
  expect(remedy).toMatch(/\S/);
});

test('a list that ends before its count is unknown', async () => {
  const stand = await standWith((prod) => createMany(prod, 90, HOUR_MS, DAY_MS));
  const row = { id: 'T-1', created: new Date().toISOString(), created_by_workspace: 1 };
  const pages = [[row], []].map((results) => ({ page: 1, limit: 100, total_results: 90, results }));
  for (let pass = 0; pass < 4; pass += 1)
    for (const body of pages)
      stand.spotdraft.faults.add({
        workspace: 'prod',
        operation: 'contracts',
        times: 1,
        fault: { kind: 'json', body },
      });
  const { status, reason } = await foreign(stand);
  expect([status, reason]).toEqual([
    'unknown',
    'the list of contracts could not be read completely in 4 attempts: it counts 90 and ends after 1 different ones',
  ]);
});

test('a list that was incomplete once is read again', async () => {
  const stand = await standWith((prod) => createMany(prod, 90, HOUR_MS, DAY_MS));
  const row = { id: 'T-1', created: new Date().toISOString(), contract_name: 'UAT' };
  for (const results of [[row], [row]])
    stand.spotdraft.faults.add({
      workspace: 'prod',
      operation: 'contracts',
      times: 1,
      fault: { kind: 'json', body: { page: 1, limit: 100, total_results: 90, results } },
    });
  expect(await foreign(stand)).toMatchObject({ status: 'pass', actual: 'none in 20 contracts' });
});

test('a server that returns fewer rows per page than asked for is read to its end', async () => {
  const stand = await standWith((prod) => createMany(prod, 40, HOUR_MS, DAY_MS));
  const rows = newestFirst(stand).map(({ id, created }) => ({
    id,
    created,
    created_by_workspace: 1,
    external_metadata: { id, integration_name: 'Salesforce', record_data: { Name: id } },
  }));
  const newest = rows[0];
  if (newest) newest.external_metadata.record_data.Name = 'uat';
  // The newest contract comes last.
  const pages = [rows.slice(20), rows.slice(0, 20)];
  for (const results of [...pages, ...pages])
    stand.spotdraft.faults.add({
      workspace: 'prod',
      operation: 'contracts',
      times: 1,
      fault: { kind: 'json', body: { page: 1, limit: 100, total_results: 40, results } },
    });
  expect(await foreign(stand)).toMatchObject({ status: 'fail', actual: '“uat” in the record data at Name' });
});
