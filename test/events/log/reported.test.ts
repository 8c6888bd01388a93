import { expect, it, onTestFinished } from 'vitest';
import { createLogReader, type LogReader } from '../../../src/events/find/log-reader.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { type Intake, startIntake } from '../intake/start-intake.ts';
import { activity } from './start-receiver.ts';

const OCCURRED = '2026-09-17T08:53:52.201442Z';
const now = (later = 0) => new Date(Date.now() + later).toISOString();

interface Log extends Intake {
  reader: LogReader;
  look(id: string): Promise<string[]>;
}

async function openLog(): Promise<Log> {
  const intake = await startIntake({
    eventId: { prod: { header: 'X-Event-Id' } },
  });
  const db = openDatabase(intake.config.database);
  onTestFinished(() => db.destroy());
  const reader = createLogReader(db, intake.config, { now: Date.now });
  return {
    ...intake,
    reader,
    look: async (id) => (await reader.find({ id, environment: null })).timeline.map(({ kind }) => kind),
  };
}

const lines = (...all: object[]): string => all.map((line) => JSON.stringify(line)).join('\n');

it('a request id leads through its call to the webhooks of the contract that the call names', async () => {
  const { deliver, report, reader } = await openLog();
  await deliver(activity(61_001, { activity: 'CONTRACT_CREATED' }));
  await deliver(activity(61_001));
  await deliver(activity(61_002));
  await deliver(activity(61_003, { external_metadata: { id: '006AAAAAAAAAAAA' } }));
  await deliver(activity(61_004), { environment: 'uat' });
  await deliver(activity(61_005), { headers: { 'content-type': 'text/plain' } });
  const call = (requestId: string, changes: object) => ({
    id: `${requestId}-${JSON.stringify(changes)}`,
    at: now(),
    method: 'POST',
    path: '/contracts/',
    status: 201,
    requestId,
    ...changes,
  });
  await report(
    'calls',
    lines(
      call('crm-1', { contractId: 61_001 }),
      call('crm-2', { contractId: 'T-61002' }),
      call('crm-3', { externalId: '006AAAAAAAAAAAA' }),
      // The contract with this number is uat's, and environments share no ids.
      call('crm-4', { contractId: 61_004 }),
      call('crm-5', { contractId: 61_005 }),
      call('crm-6', { contractId: 61_001 }),
      call('crm-6', { contractId: 61_003 }),
      call('crm-7', {}),
    ),
  );
  const find = (id: string) => reader.find({ id, environment: null });
  const first = await find('crm-1');
  expect(first.answer).toMatch(
    /^Both webhooks arrived and were verified, both of them late, CONTRACT_EXECUTED \d+ d after it occurred; your integration reported no outcome\.$/,
  );
  expect(first).toMatchObject({ guess: null, counts: { events: 2, deliveries: 2 } });
  expect(first.calls.map(({ request_id: id }) => id)).toContain('crm-1');
  const byCallId = await find(first.calls.find(({ request_id: id }) => id === 'crm-1')?.call_id ?? '');
  expect(byCallId.answer).toBe(first.answer);
  const guessed = await find('crm-2');
  expect(guessed.events).toMatchObject([{ contract_id: 61_002 }]);
  expect(guessed.guess).toContain('61002 may be another contract');
  expect((await find('crm-3')).events).toMatchObject([{ contract_id: 61_003 }]);
  const elsewhere = await find('crm-4');
  expect(elsewhere).toMatchObject({ events: [], matches: [{ kind: 'request', value: 'crm-4' }] });
  expect(elsewhere.answer).toContain('no webhook of it is in the log');
  expect((await find('crm-5')).answer).toContain('CONTRACT_EXECUTED was refused with 415');
  expect((await find('crm-6')).events.map(({ contract_id: id }) => id).sort()).toEqual([
    61_001, 61_001, 61_003,
  ]);
  expect((await find('crm-7')).answer).toContain('it names no contract, so its webhooks cannot be found');
});

it('reported outcomes appear in the timeline of their event, however they name it', async () => {
  const { deliver, report, reader, look } = await openLog();
  const { json } = await deliver(activity(481_516), { headers: { 'x-event-id': 'theirs-0001' } });
  const described = { contractId: 'T-481516', activity: 'CONTRACT_EXECUTED', occurredAt: OCCURRED };
  await report(
    'outcomes',
    lines(
      { id: 'out-1', at: now(), status: 'retrying', code: 'crm_timeout', eventId: json.eventId },
      { id: 'out-2', at: now(), status: 'retrying', attempt: 2, eventId: 'theirs-0001' },
      { id: 'out-3', at: now(), status: 'processed', attempt: 3, requestId: 'crm-77', ...described },
      // Another event of the same contract.
      { id: 'out-4', at: now(), status: 'failed', ...described, activity: 'CONTRACT_VOIDED' },
    ),
  );
  const found = await reader.find({ id: json.eventId ?? '', environment: null });
  expect(found.outcomes.map(({ own_id }) => own_id).sort()).toEqual(['out-1', 'out-2', 'out-3']);
  const summaries = found.timeline.filter(({ kind }) => kind === 'outcome').map(({ summary }) => summary);
  expect(summaries).toEqual([
    'the integration could not process it yet and will retry, attempt 1 (crm_timeout)',
    'the integration could not process it yet and will retry, attempt 2',
    'the integration processed it, attempt 3',
  ]);
  const whole = ['occurred', 'delivery', 'outcome', 'outcome', 'outcome'];
  expect(await look(json.eventId ?? '')).toEqual(whole);
  expect(await look('theirs-0001')).toEqual(whole);
  // The contract has one more outcome.
  expect((await look('T-481516')).filter((kind) => kind === 'outcome')).toHaveLength(4);
  // An outcome leads to its event.
  const [first] = found.outcomes;
  for (const id of ['crm-77', first?.id ?? '', first?.own_id ?? '']) expect(await look(id)).toEqual(whole);
});

it('reported calls are found by own id, request, contract and external record', async () => {
  const { report, reader } = await openLog();
  await report(
    'calls',
    lines({
      id: 'job-17',
      at: now(),
      method: 'PATCH',
      path: '/contracts/T-77/external_metadata',
      status: 409,
      retries: 2,
      requestId: 'crm-req-1',
      contractId: 'T-77',
      externalId: '006AAA000111222',
      code: 'version_conflict',
    }),
  );
  for (const id of ['job-17', 'crm-req-1', 'crm-re', 'T-77', '77', '006AAA000111222']) {
    const found = await reader.find({ id, environment: null });
    expect([id, found.found, found.calls.map(({ own_id }) => own_id)]).toEqual([id, true, ['job-17']]);
    expect(found.timeline[0]?.summary).toBe(
      'the integration called PATCH /contracts/T-77/external_metadata → 409, 3 attempts, version_conflict, request crm-req-1',
    );
  }
});

it('failed outcomes are listed among the failures, with their event where it is known', async () => {
  const { deliver, report, reader } = await openLog();
  const { json } = await deliver(activity(1));
  await report(
    'outcomes',
    lines(
      { id: 'a', at: now(), status: 'failed', code: 'crm_down', eventId: json.eventId },
      {
        id: 'b',
        at: now(),
        status: 'failed',
        contractId: 2,
        activity: 'CONTRACT_VOIDED',
        occurredAt: OCCURRED,
      },
      { id: 'c', at: now(1_000), status: 'processed', eventId: json.eventId },
    ),
  );
  await deliver(activity(3), { signature: 'e'.repeat(128) });
  const query = {
    environment: 'prod',
    since: null,
    until: null,
    activity: null,
    failed: true,
    limit: 2,
    after: null,
  };
  const first = await reader.list(query);
  const second = await reader.list({ ...query, after: first.next });
  expect(second.next).toBeNull();
  const all = [...first.entries, ...second.entries].map(({ event, refused, outcome }) =>
    refused ? 'refused' : `${outcome?.own_id} ${event?.id === json.eventId ? 'known' : 'not here'}`,
  );
  expect(all.toSorted()).toEqual(['a known', 'b not here', 'refused']);
  const newest = await reader.list({ ...query, failed: false });
  expect(newest.entries).toMatchObject([{ outcome: { own_id: 'c' } }]);
});
