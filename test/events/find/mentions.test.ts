import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask } from '../../../src/events/find/ask.ts';
import { find } from '../../../src/events/find/find.ts';
import { prepareDelivery } from '../../../src/events/log/prepare-delivery.ts';
import { type Database, openDatabase } from '../../../src/store/database.ts';
import { openEventLogWriter } from '../../../src/store/event-log.ts';
import { there } from '../../environment.ts';
import { createDatabase } from '../../event-log.ts';

const now = Date.UTC(2026, 10, 30, 9);
const environments = [
  { name: 'uat', production: false },
  { name: 'prod', production: true },
];

const bodies = [
  {
    contract_id: 600_001,
    composite_id: 'T-600002',
    reference_id: 'R-9',
    contract_link: 'https://app.spotdraft.com/contracts/v2/600007',
    parent_contract_id: 700_001,
    related_contract_ids: ['T-600009'],
    contract_type_id: 135_135,
    workflow_id: 357_357,
    external_metadata: { id: 'İSTANBUL-745579', record_data: { quote_id: 'q-95152' } },
  },
  { contract_id: 600_101, contract_type_id: 135_135, external_metadata: { id: 'straße-745580' } },
  { contract_id: 600_102, contract_type_id: 135_135, external_metadata: { id: '٧٤٥٥٨١-ab' } },
  { contract_id: 700_001, external_metadata: { id: 'O’Neil‑745572' } },
  {
    contract_id: 600_104,
    activity_data: { timestamp: '2026-11-29T23:59:59.999000Z' },
    external_metadata: { id: 'a1b2c3d4-e5f6-7890-abcd-ef1234567890' },
  },
  { contract_id: 600_105, external_metadata: { id: '0F8FAD5BD9CB469FA16570867728950E' } },
  { contract_id: 600_106, external_metadata: { id: '1796083199' } },
  { contract_id: 600_107, external_metadata: { id: '1796083199123' } },
  { specversion: '1.0', id: 'ce-97023-abc', data: { contract_id: 600_103 } },
  { contracts: { 4711000: { status: 'EXECUTED' } }, related: { 'deal-94124': {} } },
];

let opened: Database | null = null;
beforeAll(async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'envcheck-')), 'log.db');
  await createDatabase(file);
  const log = openEventLogWriter(file);
  log.write(
    bodies.map((body, index) =>
      prepareDelivery(
        {
          environment: 'prod',
          receivedAt: now + index,
          requestId: `request-${index}`,
          source: '127.0.0.1',
          rejection: null,
          signedWith: null,
          headerEventId: null,
          body: Buffer.from(JSON.stringify({ activity: 'CONTRACT_EXECUTED', ...body })),
        },
        { payloads: 'redacted', eventIdFields: {} },
      ),
    ),
  );
  log.close();
  opened = openDatabase(file);
});
afterAll(() => opened?.destroy());

const ofId = (id: string, environment: string | null = null) =>
  find(there(opened), { id, environment }, { keepMs: 90 * 86_400_000, now, environments, pairs: [] });
const eventsOf = async (text: string) => {
  const tools = { conventions: [], environments: ['uat', 'prod'], payloads: 'redacted' as const };
  const { answered } = await ask(
    there(opened),
    { text, environment: null },
    {
      ...tools,
      find: ({ id, environment }) => ofId(id, environment),
    },
  );
  return answered.map(({ result }) => result.events.map((event) => event.contract_id));
};

it.each([
  ['135135', 'named by 3 events as contract_type_id (contracts 600102, 600101, 600001)'],
  ['357357', 'named by 1 event as workflow_id (contract 600001)'],
  ['R-9', 'named by 1 event as reference_id (contract 600001)'],
  ['600007', 'named by 1 event as contract_link'],
  ['T-600009', 'named by 1 event as related_contract_ids'],
  ['Q-95152', 'named by 1 event as quote_id'],
  ['ce-97023-abc', 'named by 1 event as id (contract 600103)'],
  ['deal-94124', 'named by 1 event as key (contract 4711000); the log'],
])('“%s”, which is only named, is found, and the answer says by how many events', async (id, text) => {
  const { found, answer, reason, stories } = await ofId(id);
  expect({ found, reason, stories }).toEqual({ found: true, reason: null, stories: [] });
  expect(answer).toContain(text);
});

it('an id that is only named in another environment is known there', async () => {
  expect((await ofId('357357', 'uat')).reason).toContain('but in prod (production)');
});

it('a contract that another one names keeps its own events, and the other one is counted', async () => {
  const { events, answer, leftOut } = await ofId('700001');
  expect(events.map((event) => event.contract_id)).toEqual([700_001]);
  expect(answer).toMatch(/^CONTRACT_EXECUTED arrived/);
  expect(leftOut).toEqual({ naming: 1 });
  expect((await ofId('600001')).leftOut).toEqual({});
});

it('the composite id in a body leads to its contract, and keys of “contracts” are contracts', async () => {
  expect((await ofId('T-600002')).answer).toMatch(/^CONTRACT_EXECUTED arrived/);
  expect((await ofId('4711000')).answer).toMatch(/^CONTRACT_EXECUTED arrived/);
});

it.each([
  ['istanbul-745579', 600_001],
  ['ISTANBUL-745579', 600_001],
  ['İstanbul-745579', 600_001],
  ['ıstanbul-745579', 600_001],
  ['STRASSE-745580', 600_101],
  ['Straße-745580', 600_101],
  ['ｓｔｒａｓｓｅ－745580', 600_101],
  ['745581-AB', 600_102],
  ['٧٤٥٥٨١-ab', 600_102],
  ["O'Neil-745572", 700_001],
  ['o’neil\u2010745572', 700_001],
  ['O\u00adʼNeil–7455\u200b72', 700_001],
])('“%s” is another spelling of an id in the log', async (text, contract) => {
  expect(await eventsOf(text)).toEqual([[contract]]);
});

it.each([
  ['A1B2C3D4E5F67890ABCDEF1234567890', [600_104]],
  ['{a1b2c3d4-e5f6-7890-abcd-ef1234567890}', [600_104]],
  ['urn:uuid:A1B2C3D4-e5f6-7890-abcd-ef1234567890', [600_104]],
  ['0f8fad5b-d9cb-469f-a165-70867728950e', [600_105]],
  ['600_104', [600_104]],
  ['T-600104-final', [600_104]],
  ['600104-signed', [600_104]],
  ['T-600104-final(2).pdf', [600_104]],
  ['600104-600106', [600_104, 600_106]],
  ['T-600104..T-600106', [600_104, 600_106]],
])('“%s” is read as the ids of %j', async (text, contracts) => {
  expect((await eventsOf(text)).filter((ids) => ids.length > 0)).toEqual(contracts.map((id) => [id]));
});

it.each([
  ['2026-11-29T23:59:59.999Z', 600_104],
  ['2026-11-30T00:59:59.999+01:00', 600_104],
  ['2026-11-29 23:59:59', 600_104],
  ['20261129T235959Z', 600_104],
  [String(Date.UTC(2026, 10, 29, 23, 59, 59, 999)), 600_104],
  ['1796083199', 600_106],
  ['1796083199123', 600_107],
])('“%s” is the time of an event, or an id of that form', async (text, contract) => {
  expect(await eventsOf(text)).toEqual([[contract]]);
});

it('a time that no event has stays a time', async () => {
  for (const text of ['1796083200', '1796083200123', '2026-11-29T23:59:58Z'])
    expect((await ofId(text)).reason).toMatch(/that is a time/);
});

it('the number of a contract whose event is missing leads to the id under which SpotDraft lists it', async () => {
  const ids = JSON.stringify([
    { kind: 'reference', value: 'T-544752' },
    { kind: 'contract', value: '415999', way: 'link' },
  ]);
  const row = {
    environment: 'prod',
    contract: 'T-544752',
    activity: 'CONTRACT_EXECUTED',
    ids,
    noticed_at: now,
    changed_from: null,
    notice: null,
  };
  await there(opened).insertInto('missing_events').values(row).execute();
  expect((await ofId('415999')).reason).toBe(
    'SpotDraft shows 415999 in the link of T-544752 in prod (production), whose CONTRACT_EXECUTED did not arrive. Search for T-544752.',
  );
  expect((await ofId('415998')).reason).toContain('never received');
});
