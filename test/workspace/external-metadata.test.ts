import { expect, test } from 'vitest';
import type { SimContract } from '../../sandbox/spotdraft/workspace.ts';
import { type ConfigFile, checkOf, type Stand, startStand, there } from '../environment.ts';
import { contract } from '../readiness/northwind.ts';

const CHECKS = ['external-metadata.convention', 'external-metadata.unique', 'external-metadata.foreign'];

/** Northwind's production, of which one contract has no external metadata in the list. */
const standWithout = (metadata: SimContract['externalMetadata'] = null, edit?: (file: ConfigFile) => void) =>
  startStand({
    prepare: ({ prod }) => {
      contract(prod).externalMetadata = metadata;
    },
    ...(edit ? { edit } : {}),
  });

const statuses = async (stand: Stand) => {
  const report = await stand.check();
  return CHECKS.map((id) => checkOf(report, id).status);
};

const refused = (stand: Stand, status: number, body?: unknown) =>
  stand.spotdraft.faults.add({
    workspace: 'prod',
    operation: 'external_metadata',
    fault: { kind: 'status', status, ...(body === undefined ? {} : { body }) },
  });

const errorOf = (status: number, code: string, detail: string) => ({
  detail,
  status_code: status,
  code,
  message: detail,
});

test('an answer 200 without content means that no external metadata is set', async () => {
  const stand = await standWithout();
  for (const body of [{ external_metadata: {} }, {}, { external_metadata: null }]) {
    stand.spotdraft.faults.clear();
    stand.spotdraft.faults.add({ operation: 'external_metadata', fault: { kind: 'json', body } });
    expect(await statuses(stand)).toEqual(['fail', 'pass', 'pass']);
  }
});

test.each<[string, number, unknown, RegExp, RegExp]>([
  [
    'the documented 404: the entity does not exist for the object configuration',
    404,
    errorOf(
      404,
      'SD_INTEGRATIONS_00021',
      'The entity does not exists for the given object_configuration_id: x',
    ),
    /answered 404: SD_INTEGRATIONS_00021 .*does not prove that no external metadata is set/,
    /^Open contract T-\d+ in SpotDraft: link it to an external record that exists, or remove the link$/,
  ],
  [
    'a 404 with another code',
    404,
    errorOf(404, 'SD_PUBLIC_00017', 'Not available'),
    /answered 404: SD_PUBLIC_00017 Not available \(absent or not visible/,
    /^Check in SpotDraft that contract T-\d+ exists and is visible/,
  ],
  ['a bare 404', 404, 'Not Found', /answered 404 \(absent or not visible/, /exists and is visible/],
  [
    'a 404 with a detail only',
    404,
    { detail: 'Not found.' },
    /answered 404: Not found/,
    /exists and is visible/,
  ],
  [
    'a record type that does not match',
    400,
    errorOf(400, 'SD_INTEGRATIONS_00030', 'Record Type: Account does not match'),
    /answered 400: SD_INTEGRATIONS_00030/,
    /^Correct the record type in the external metadata of contract T-\d+/,
  ],
  ['a conflict', 409, undefined, /answered 409/, /\w/],
])('%s is unknown and never "none set"', async (_, status, body, reason, remedy) => {
  const stand = await standWithout();
  refused(stand, status, body);
  const report = await stand.check();
  for (const id of CHECKS) {
    const result = checkOf(report, id);
    expect([id, result.status]).toEqual([id, 'unknown']);
    expect(result.reason).toMatch(reason);
    expect(result.reason).toMatch(
      /\n29 of 30 sampled contracts were judged, and nothing was wrong with them$/,
    );
    expect(result.remedy).toMatch(remedy);
  }
});

test('a record in the list without its data is read separately, so that the data is searched too', async () => {
  const stand = await standWithout({
    id: '006aaaaaaaaaaaaAAA',
    integrationName: 'Salesforce',
    recordType: 'Opportunity',
  });
  const data = { Instance: 'northwind--uat' };
  const body = {
    external_metadata: { ...there(contract(stand.prod).externalMetadata), record_data: data },
  };
  stand.spotdraft.faults.add({ operation: 'external_metadata', fault: { kind: 'json', body } });
  expect(checkOf(await stand.check(), 'external-metadata.foreign').status).toBe('fail');
});

test.each<[string, string, RegExp]>([
  [
    'a path',
    'T-1/../../webhooks',
    /^the list shows the id “T-1\/..\/..\/webhooks”, which is none of the form/,
  ],
  ['a negative number', '-5', /the id “-5”/],
  ['a bare number', '481516', /^the list shows the number 481516 without T- or H-, and which composite id/],
  ['a huge number', '1e+21', /the id “1e\+21”/],
])('%s as an id is named, and the other contracts are judged', async (_, id, reason) => {
  const stand = await standWithout();
  contract(stand.prod).id = id;
  const report = await stand.check();
  for (const check of CHECKS) {
    const result = checkOf(report, check);
    expect([check, result.status]).toEqual([check, 'unknown']);
    expect(result.expected).toContain(`contract ${id.slice(0, 10)}`);
    expect(result.reason).toMatch(reason);
  }
  // Nothing was asked under a guessed id.
  expect(stand.spotdraft.requests.filter(({ operation }) => operation === 'external_metadata')).toEqual([]);
  contract(stand.prod, 4).externalMetadata = { integrationName: 'Siebel', recordData: { a: 1 } };
  expect(checkOf(await stand.check(), 'external-metadata.convention').status).toBe('fail');
});

test('an odd id does no harm when the list shows the record itself', async () => {
  const stand = await startStand({
    prepare: ({ prod }) => {
      contract(prod).id = 'legacy/7';
      contract(prod, 1).id = 'T-1234X';
    },
  });
  expect(await statuses(stand)).toEqual(['pass', 'pass', 'pass']);
});

test('an id with a letter behind the number is asked for as it is', async () => {
  const stand = await standWithout();
  contract(stand.prod).id = 'T-1234X';
  expect(await statuses(stand)).toEqual(['fail', 'pass', 'pass']);
  expect(
    stand.spotdraft.requests.some(({ path }) => path.endsWith('/contracts/T-1234X/external_metadata')),
  ).toBe(true);
});

test('a member is unknown, not absent, when the server ignores the page', async () => {
  const stand = await startStand();
  const row = { id: 1, email: 'other@northwind.example', name: 'Other', is_active: true };
  const body = { page: 1, limit: 1, total_results: 5, results: [row] };
  stand.spotdraft.faults.add({ workspace: 'prod', operation: 'users', fault: { kind: 'json', body } });
  const { status, reason } = checkOf(await stand.check(), 'routing.users');
  expect([status, reason]).toEqual([
    'unknown',
    'the list of members could not be read completely in 4 attempts: it counts 5, and page 2 repeats rows: 1 different ones came',
  ]);
});

test.each<[string, (contract: SimContract) => void, string]>([
  [
    'the title',
    (each) => Object.assign(each, { name: 'NDA [UAT] Fabrikam' }),
    '“uat” in the title, as “UAT”',
  ],
  [
    'the counterparty',
    (each) => Object.assign(each, { counterparty: 'Fabrikam_uat1' }),
    '“uat” in the counterparty, as “Fabrikam_uat1”',
  ],
  [
    'a host name without a sign before it',
    ({ externalMetadata }) => {
      if (externalMetadata)
        externalMetadata.recordData = { links: [{ self: 'https://northwinduat.my.x.example/7' }] };
    },
    '“uat” in the record data at links.0.self, as “northwinduat”',
  ],
  [
    'the name of a field',
    ({ externalMetadata }) => {
      if (externalMetadata) externalMetadata.recordData = { uat_id__c: 7 };
    },
    '“uat” in the record data, in the name of uat_id__c, as “uat_id__c”',
  ],
  [
    'the title of a contract whose metadata cannot be read',
    (each) => {
      each.name = 'UAT order';
      each.externalMetadata = null;
    },
    '“uat” in the title, as “UAT”',
  ],
])('a marker in %s is found and shown', async (_, change, actual) => {
  const stand = await startStand({ prepare: ({ prod }) => change(contract(prod)) });
  refused(stand, 404);
  expect(checkOf(await stand.check(), 'external-metadata.foreign')).toMatchObject({ status: 'fail', actual });
});

test('a contract whose title the list leaves out is unknown for the marker check alone', async () => {
  const stand = await startStand();
  const row = { created: new Date().toISOString(), created_by_workspace: stand.prod.workspaceId };
  const record = {
    id: '006000000000001',
    integration_name: 'Salesforce',
    record_type: 'Opportunity',
    record_data: {},
  };
  const results = [{ id: 'T-1', ...row, external_metadata: record }];
  const body = { page: 1, limit: 100, total_results: 1, results };
  stand.spotdraft.faults.add({ workspace: 'prod', operation: 'contracts', fault: { kind: 'json', body } });
  expect(await statuses(stand)).toEqual(['pass', 'pass', 'unknown']);
});

test('the two forms of a Salesforce id are one record, and another case or checksum is not', async () => {
  const stand = await startStand();
  const link = (index: number, id: string) => {
    contract(stand.prod, index).externalMetadata = {
      integrationName: 'Salesforce',
      recordType: 'Opportunity',
      id,
      recordData: {},
    };
  };
  const unique = async () => checkOf(await stand.check(), 'external-metadata.unique');
  link(4, '006A0000006Vm9r');
  for (const other of ['006A0000006Vm9rIAD', '006A0000006VM9r', '006a0000006Vm9rIAC']) {
    link(7, other);
    expect([other, (await unique()).status]).toEqual([other, 'pass']);
  }
  for (const same of ['006A0000006Vm9rIAC', '006a0000006vm9riac']) {
    link(7, same);
    const { status, expected } = await unique();
    expect([
      status,
      expected.includes('006A0000006Vm9r” = “') || expected.includes('” = “006A0000006Vm9r”'),
    ]).toEqual(['fail', true]);
  }
});

test.each<[string, SimContract['externalMetadata']]>([
  ['no external metadata', { integrationName: '', recordType: '', id: '', recordData: {} }],
  [
    'another record type',
    { integrationName: 'Salesforce', recordType: 'Lead', id: '00Q000000000001', recordData: {} },
  ],
  [
    'another integration',
    { integrationName: 'HubSpot', recordType: 'Opportunity', id: '4711', recordData: {} },
  ],
  ['no record id', { integrationName: 'Salesforce', recordType: 'Opportunity', id: '', recordData: {} }],
])('uniqueness is pending, not passed, when every contract has %s', async (_case, externalMetadata) => {
  const stand = await startStand({
    prepare: ({ prod }) => {
      for (const each of prod.contracts) each.externalMetadata = structuredClone(externalMetadata);
    },
  });
  const { status, pending, reason } = checkOf(await stand.check(), 'external-metadata.unique');
  expect([status, pending, reason]).toEqual([
    'skipped',
    true,
    'no sampled contract has a record of a unique rule',
  ]);
});

test('uniqueness counts the contracts with a record of a unique rule only', async () => {
  const stand = await startStand({
    prepare: ({ prod }) => {
      for (const each of prod.contracts.slice(1))
        each.externalMetadata = { integrationName: 'HubSpot', recordType: 'Deal', id: '1', recordData: {} };
    },
  });
  const { status, actual } = checkOf(await stand.check(), 'external-metadata.unique');
  expect([status, actual]).toEqual(['pass', 'none among 1 contract']);
});
