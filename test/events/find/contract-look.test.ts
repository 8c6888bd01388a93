import { describe, expect, it } from 'vitest';
import { aboutLines } from '../../../src/events/find/about-text.ts';
import { expectedOf } from '../../../src/events/find/contract-look.ts';
import { prepareDelivery } from '../../../src/events/log/prepare-delivery.ts';
import type { ContractDetail } from '../../../src/spotdraft/contract-schemas.ts';
import { insertApiCall } from '../../../src/store/api-calls.ts';
import { openEventLogWriter } from '../../../src/store/event-log.ts';
import { type Stand, startStand, there } from '../../environment.ts';

const HOUR_MS = 3_600_000;
const now = Date.now();

/** Two workspaces, and a log that began two days ago. Production has contracts of every age. */
const open = (): Promise<Stand> =>
  startStand({
    log: { at: now - 48 * HOUR_MS },
    prepare: ({ prod }) => {
      const [old, fresh] = prod.contracts;
      Object.assign(there(old), { status: 'EXECUTED', created: new Date(now - 400 * HOUR_MS).toISOString() });
      Object.assign(there(fresh), {
        status: 'EXECUTED',
        created: new Date(now - 24 * HOUR_MS).toISOString(),
        referenceId: 'SD-4815',
      });
    },
    overrides: { timeoutMs: (documented) => Math.min(documented, 300) },
  });

const look = ({ core }: Stand, id: string, environment: string | null = null) =>
  core.log.look({ id, environment });

/** An event of a contract as a receiver stores it. */
function receive(
  { config }: Stand,
  contractId: number,
  activity: string,
  external: string | null,
  reference = 'SD-4815',
): void {
  const writer = openEventLogWriter(config.database);
  const identifiers = [
    { kind: 'contract', value: String(contractId) },
    { kind: 'reference', value: reference },
    ...(external === null ? [] : [{ kind: 'external', value: external }]),
  ];
  const id = (prefix: string) => `${prefix}_${`${contractId}${activity.toLowerCase()}`.padStart(26, '0')}`;
  writer.write([
    {
      id: id('dlv'),
      environment: 'prod',
      receivedAt: now - HOUR_MS,
      requestId: `request-${activity}`,
      source: '192.0.2.1',
      rejection: null,
      signedWith: null,
      bytes: 2,
      event: {
        id: id('evt'),
        activity,
        contractId,
        occurredAt: now - HOUR_MS,
        payload: null,
        payloadKind: null,
        unread: null,
        identifiers,
      },
    },
  ]);
  writer.close();
}

const ownRead = ({ core }: Stand, environment: string, path: string, status: number) =>
  insertApiCall(core.db, {
    callId: `call_${environment}_${path.length}_${status}`,
    environment,
    at: now - HOUR_MS,
    method: 'GET',
    path,
    status,
    attempts: 1,
    ms: 5,
    failure: status === 200 ? null : 'not_found',
  });

describe('a contract for which no webhook came', () => {
  it('is known where SpotDraft has it, with what SpotDraft says of it', async () => {
    const stand = await open();
    const [old, fresh] = stand.prod.contracts;
    const found = await look(stand, there(old).id);
    expect(found).toMatchObject({ found: false, events: [], stories: [{ environment: 'prod' }] });
    expect(found.answer).toBe(
      'Known in prod (production), no webhook received: SpotDraft says that it is executed.',
    );
    const [uat, prod] = found.about;
    expect(uat?.contract).toEqual({ unknown: expect.stringContaining('absent, or not visible') });
    expect(prod?.contract).toMatchObject({ known: { id: there(old).id, name: there(old).name } });
    expect(prod?.notJudged).toBe('it is older than the log');
    const names = aboutLines(there(prod), true).join('\n');
    expect(names).toContain(`with ${there(old).counterparty}`);
    expect(names).toContain(`https://app.spotdraft.com/contracts/v2/${there(old).internalId}`);
    expect(aboutLines(there(prod), false).join('\n')).not.toContain(there(old).counterparty);

    const missed = await look(stand, there(fresh).id, 'prod');
    expect(missed.about[0]?.missing).toEqual(['CONTRACT_CREATED', 'CONTRACT_EXECUTED']);
    expect(missed.answer).toMatch(
      /^Nothing arrived for this contract since \d+ \w+ 2\d{3}, though SpotDraft says that it is executed\.$/,
    );
    const byLink = await look(stand, `https://app.spotdraft.com/contracts/v2/${there(fresh).internalId}`);
    expect(byLink.stories).toEqual([]);
  });

  it('is found by its composite id under the ids that its webhooks carry, and by no others', async () => {
    const stand = await open();
    const fresh = there(stand.prod.contracts[1]);
    receive(stand, fresh.internalId, 'CONTRACT_CREATED', null);
    for (const id of [fresh.id, fresh.id.toLowerCase()]) {
      const found = await look(stand, id);
      expect(found).toMatchObject({ query: id, found: true, guess: null, counts: { events: 1 } });
      expect(found.answer).toBe(
        'CONTRACT_CREATED arrived and was verified; CONTRACT_EXECUTED did not arrive, though SpotDraft says that the contract is executed.',
      );
      expect(found.about.map(({ missing }) => missing)).toEqual([['CONTRACT_EXECUTED']]);
    }
    // Only the number of the link shows that it is the same contract.
    fresh.referenceId = '';
    const byNumber = await look(stand, fresh.id);
    expect(byNumber).toMatchObject({ found: true, counts: { events: 1 } });
    expect(byNumber.guess).toContain(`${fresh.internalId} may be another contract`);
    // Another reference id has this one as its beginning.
    fresh.referenceId = 'SD-481';
    fresh.internalId += 1;
    expect(await look(stand, fresh.id)).toMatchObject({ found: false, events: [] });
    // The reference id belongs to two contracts.
    fresh.referenceId = 'SD-4815';
    receive(stand, fresh.internalId + 7, 'CONTRACT_SIGNED', null);
    expect(await look(stand, fresh.id)).toMatchObject({ found: false, events: [] });
  });

  it('is found by its composite id when its delivery was refused under the number of its link', async () => {
    const stand = await open();
    const fresh = there(stand.prod.contracts[1]);
    await ownRead(stand, 'prod', `/api/v2.1/public/contracts/${fresh.id}/external_metadata`, 200);
    const writer = openEventLogWriter(stand.config.database);
    writer.write([
      {
        id: 'dlv_00000000000000000000000415',
        environment: 'prod',
        receivedAt: now - HOUR_MS,
        requestId: 'request-415',
        source: '192.0.2.1',
        rejection: 'wrong_type',
        signedWith: 'prod current',
        bytes: 2,
        event: null,
        refused: {
          activity: 'CONTRACT_EXECUTED',
          detail: 'text/plain',
          alike: 0,
          until: null,
          identifiers: [{ kind: 'contract', value: String(fresh.internalId) }],
        },
      },
    ]);
    writer.close();
    const found = await look(stand, fresh.id);
    expect(found.answer).toContain('CONTRACT_EXECUTED was refused with 415');
    expect(found.counts).toMatchObject({ events: 0, refused: 1 });
  });

  it('is found by its number or link under the T- id that the log holds, and with all that the log has of it', async () => {
    const stand = await open();
    const [, fresh] = stand.prod.contracts;
    const { id, internalId } = there(fresh);
    // SpotDraft does not document that this filter takes the number of a link.
    const row = {
      id,
      contract_link: `https://app.spotdraft.com/contracts/v2/${internalId}`,
      contract_status: 'SIGN',
    };
    stand.spotdraft.faults.add({
      operation: 'contracts',
      fault: { kind: 'json', body: { page: 1, limit: 10, total_results: 1, results: [row] } },
    });
    const link = `https://app.spotdraft.com/contracts/v2/${internalId}/editor`;
    const number = Number(id.slice(2));
    await ownRead(stand, 'prod', `/api/v2.1/public/contracts/${id}/status`, 200);
    for (const given of [String(internalId), link])
      expect(await look(stand, given, 'prod')).toMatchObject({
        query: given,
        found: true,
        counts: { events: 0 },
        guess: expect.stringContaining(`${number} may be another contract`),
        stories: [{ reads: { times: 1 } }],
      });
    receive(stand, number, 'CONTRACT_CREATED', null, id);
    for (const given of [String(internalId), link, `0${internalId}`])
      expect(await look(stand, given, 'prod')).toMatchObject({
        found: true,
        guess: null,
        counts: { events: 1 },
      });
    // The webhooks of a contract with that number may be of another one.
    receive(stand, number + 1, 'CONTRACT_CREATED', null, 'SD-1');
    stand.spotdraft.faults.clear();
    row.id = `T-${number + 1}`;
    stand.spotdraft.faults.add({
      operation: 'contracts',
      fault: { kind: 'json', body: { page: 1, limit: 10, total_results: 1, results: [row] } },
    });
    expect(await look(stand, link, 'prod')).toMatchObject({ found: false, events: [] });
  });

  it('is found by its composite id when its event came with others in one body', async () => {
    const stand = await open();
    const fresh = there(stand.prod.contracts[1]);
    const writer = openEventLogWriter(stand.config.database);
    const body = [fresh.internalId, fresh.internalId + 1].map((contract_id) => ({
      activity: 'CONTRACT_CREATED',
      contract_id,
      activity_data: { timestamp: new Date(now - HOUR_MS).toISOString() },
    }));
    writer.write([
      prepareDelivery(
        {
          ...{ environment: 'prod', receivedAt: now - HOUR_MS, requestId: 'r', source: '192.0.2.1' },
          ...{
            rejection: null,
            signedWith: null,
            headerEventId: null,
            body: Buffer.from(JSON.stringify(body)),
          },
        },
        { payloads: 'redacted', eventIdFields: {} },
      ),
    ]);
    writer.close();
    const found = await look(stand, fresh.id);
    expect(found).toMatchObject({ found: true, counts: { events: 1 } });
    expect(found.answer).toBe(
      'CONTRACT_CREATED arrived and was verified; CONTRACT_EXECUTED did not arrive, though SpotDraft says that the contract is executed.',
    );
    const byNumber = await look(stand, String(fresh.internalId));
    expect(byNumber.answer).toMatch(/^CONTRACT_CREATED arrived and was verified; /);
  });

  it('keeps the calls under its T- id when the webhooks carry another', async () => {
    const stand = await open();
    const fresh = there(stand.prod.contracts[1]);
    receive(stand, fresh.internalId, 'CONTRACT_CREATED', null);
    const writer = openEventLogWriter(stand.config.database);
    const path = `/api/v2.1/public/contracts/${fresh.id}/`;
    writer.reported.calls([
      {
        ...{ call_id: 'call_late', own_id: 'late', environment: 'prod', at: now - 2 * HOUR_MS, path },
        ...{ method: 'PATCH', status: 409, attempts: 1, duration_ms: 5, failure: null, host: null },
        ...{ reporter: 'integration', request_id: null, external_id: null, retries_stated: null },
        ...{ contract_id: Number(fresh.id.slice(2)), contract_id_exact: 0, path_contract_id: null },
      },
    ]);
    writer.close();
    const found = await look(stand, fresh.id);
    expect(found).toMatchObject({ counts: { events: 1, calls: 1 }, calls: [{ call_id: 'call_late' }] });
    expect(found.timeline.map(({ kind }) => kind)).toEqual(['call', 'occurred', 'delivery']);
  });

  it.each([
    ['under the number of its link', (fresh: { internalId: number }) => fresh.internalId, 'SD-4815'],
    ['under its reference id', () => 4, 'SD-4815'],
  ])('is found by the digits of its T- id %s', async (_, numberOf, reference) => {
    const stand = await open();
    const fresh = there(stand.prod.contracts[1]);
    fresh.id = `T-${fresh.internalId + 400}`;
    const digits = fresh.id.slice(2);
    const before = await look(stand, digits, 'prod');
    expect(before.answer).not.toMatch(/Nothing arrived/);
    expect(before.about[0]).toMatchObject({ missing: [], notJudged: 'only the number in its id fits' });
    receive(stand, numberOf(fresh), 'CONTRACT_EXECUTED', null, reference);
    const found = await look(stand, digits, 'prod');
    expect(found).toMatchObject({
      found: true,
      counts: { events: 1 },
      guess: expect.stringContaining('may be another contract'),
    });
    expect(found.answer).toMatch(/^CONTRACT_EXECUTED arrived and was verified/);
  });

  it('is not said to be never received under ids that were not looked for', async () => {
    const stand = await open();
    stand.spotdraft.faults.add({ fault: { kind: 'status', status: 503 } });
    for (const [id, under] of [
      ['77', 'the number 77'],
      ['https://app.spotdraft.com/contracts/v2/77', 'the number 77'],
      ['T-77', 'this id'],
    ] as const) {
      const { answer, reason } = await look(stand, id, 'prod');
      expect(answer).toContain(`was never received under ${under}`);
      expect(reason).toMatch(id === 'T-77' ? /Try the contract's number/ : /paste its T-… or H-… id/);
    }
  });

  it('is known where Envcheck read it, and a failed read or a look at it proves nothing', async () => {
    const stand = await open();
    await ownRead(stand, 'uat', '/api/v2.1/public/contracts/T-991/external_metadata', 200);
    await ownRead(stand, 'prod', '/api/v2.1/public/contracts/T-992/external_metadata', 404);
    for (const id of ['T-991', '991', 't-991']) {
      const found = await stand.core.log.find({ id, environment: null });
      expect(found.answer).toMatch(/^Known in uat, no webhook received: Envcheck read this contract on /);
      expect(found).toMatchObject({ found: true, stories: [{ environment: 'uat' }], counts: { calls: 0 } });
    }
    for (let times = 0; times < 2; times += 1)
      expect(await look(stand, 'T-992')).toMatchObject({ found: false, stories: [] });
  });
});

describe('a contract with events', () => {
  it('shows what was expected and did not come, found by its external or its reference id', async () => {
    const stand = await open();
    const fresh = there(stand.prod.contracts[1]);
    receive(stand, fresh.internalId, 'CONTRACT_CREATED', fresh.externalMetadata?.id ?? null);
    const found = await look(stand, String(fresh.internalId));
    expect(found.answer).toBe(
      'CONTRACT_CREATED arrived and was verified; CONTRACT_EXECUTED did not arrive, though SpotDraft says that the contract is executed.',
    );
    expect(found.about).toMatchObject([
      {
        environment: 'prod',
        contract: { known: { status: 'EXECUTED' } },
        missing: ['CONTRACT_EXECUTED'],
        lastChange: { activity: 'CONTRACT_CREATED' },
        receivers: [{ name: 'Envcheck', got: 1 }],
      },
    ]);
    stand.spotdraft.faults.add({ operation: 'by_external_metadata', fault: { kind: 'json', body: [] } });
    expect((await look(stand, String(fresh.internalId))).about[0]?.missing).toEqual(['CONTRACT_EXECUTED']);
  });

  it.each([
    ['T-', 'EXECUTED_CONTRACT', /^it was uploaded as executed/],
    ['H-', 'EXECUTED_CONTRACT', /^it was uploaded as executed/],
    ['T-', 'THIRD_PARTY_CONTRACT', null],
  ])(
    'is not at fault for a missing webhook when it was uploaded as executed: %s %s',
    async (prefix, kind, doubt) => {
      const stand = await open();
      const fresh = there(stand.prod.contracts[1]);
      Object.assign(fresh, { kind, id: `${prefix}${fresh.id.slice(2)}` });
      const [about] = (await look(stand, fresh.id, 'prod')).about;
      expect(about?.missing.length).toBe(doubt === null ? 2 : 0);
      expect(about?.notJudged ?? null).toEqual(doubt === null ? null : expect.stringMatching(doubt));
    },
  );

  it('is not judged while SpotDraft does not say whether it was uploaded as executed', async () => {
    const stand = await open();
    const fresh = there(stand.prod.contracts[1]);
    stand.spotdraft.faults.add({ operation: 'contracts', fault: { kind: 'slow', ms: 0 }, times: 1 });
    stand.spotdraft.faults.add({ operation: 'contracts', fault: { kind: 'status', status: 503 } });
    const [about] = (await look(stand, fresh.id, 'prod')).about;
    expect(about).toMatchObject({
      missing: [],
      notJudged: expect.stringMatching(/^it may have been uploaded as executed: .*503/),
    });
  });

  it('shows how many of its events came, though fewer are listed', async () => {
    const stand = await open();
    const { internalId } = there(stand.prod.contracts[1]);
    for (let index = 0; index < 203; index += 1) receive(stand, internalId, `A_${index}`, null);
    const found = await look(stand, String(internalId), 'prod');
    expect(found.events.length).toBeLessThan(203);
    expect(found.about[0]?.receivers[0]).toEqual({ name: 'Envcheck', got: 203 });
  });

  it('is answered from the log, quickly, while SpotDraft is silent, broken or must not be asked', async () => {
    const stand = await open();
    const fresh = there(stand.prod.contracts[1]);
    receive(stand, fresh.internalId, 'CONTRACT_CREATED', null);
    for (const [fault, reason] of [
      [{ kind: 'timeout' }, /no answer within/],
      [{ kind: 'status', status: 503 }, /answered 503/],
      [{ kind: 'html' }, /instead of JSON/],
    ] as const) {
      stand.spotdraft.faults.clear();
      stand.spotdraft.faults.add({ fault });
      const started = performance.now();
      const found = await look(stand, String(fresh.internalId));
      expect(performance.now() - started).toBeLessThan(2_000);
      expect(found.answer).toBe(
        'CONTRACT_CREATED arrived and was verified; your integration reported no outcome.',
      );
      expect(found.about).toMatchObject([
        {
          contract: { unknown: expect.stringMatching(reason) },
          missing: [],
          notJudged: 'its status is unknown',
        },
      ]);
    }
  });
});

describe('activities that are expected', () => {
  const since = Date.UTC(2026, 10, 3);
  const contract = (status: string | null, created: string | null = '2026-11-05T09:00:00Z') => ({
    known: { id: 'T-1', created, status } as ContractDetail,
  });
  const configured = (...activities: string[]) => ({
    webhooks: { url: 'https://x.example', activities, maxSilenceMs: null, eventId: null },
  });
  const all = configured('CONTRACT_CREATED', 'CONTRACT_EXECUTED', 'CONTRACT_VOIDED');

  it('follow from the status of a contract that is younger than the log, and from the config', () => {
    const expected = (...given: Parameters<typeof expectedOf>) => expectedOf(...given).expected;
    expect(expected(all, contract('EXECUTED'), since)).toEqual(['CONTRACT_CREATED', 'CONTRACT_EXECUTED']);
    expect(expected(all, contract('VOIDED'), since)).toEqual(['CONTRACT_CREATED', 'CONTRACT_VOIDED']);
    expect(expected(all, contract('SIGN'), since)).toEqual(['CONTRACT_CREATED']);
    expect(expected(configured('CONTRACT_EXECUTED'), contract('SIGN'), since)).toEqual([]);
    expect(expected(configured('CONTRACT_CREATED'), contract('EXECUTED'), since)).toEqual([
      'CONTRACT_CREATED',
    ]);
  });

  it('are not judged without the facts', () => {
    const reason = (...given: Parameters<typeof expectedOf>) => expectedOf(...given).notJudged;
    expect(reason(all, { unknown: 'timeout' }, since)).toBe('its status is unknown');
    expect(reason(all, contract('EXECUTED', null), since)).toBe('SpotDraft shows no time of its creation');
    expect(reason(all, contract('EXECUTED', '2026-11-02T09:00:00Z'), since)).toBe('it is older than the log');
    expect(reason({ webhooks: null }, contract('EXECUTED'), since)).toBe('the config names no webhooks');
  });
});
