import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { openCore } from '../../src/core.ts';
import { eventRecords } from '../../src/events/log/export.ts';
import { there } from '../environment.ts';
import {
  activity,
  type DeliverOptions,
  type Receiver,
  signed,
  startReceiver,
} from '../events/log/start-receiver.ts';
import fc, { runs } from '../fast-check.ts';

/** The log of a receiver, as other processes read it. */
async function reading({ config }: Receiver) {
  const core = await openCore(config, { logDestination: { write: () => {} } });
  return {
    ...core,
    find: (id: string, environment: string | null = null) => core.log.find({ id, environment }),
    list: () =>
      core.log.list({
        environment: 'prod',
        since: null,
        until: null,
        activity: null,
        failed: false,
        limit: 100,
        after: null,
      }),
  };
}

it('a verified delivery is found by the ids in it, whatever its encoding, or is counted as unread', async () => {
  const receiver = await startReceiver({ payloads: 'full' });
  const { deliver, url } = receiver;
  const utf16 = Buffer.from(`\uFEFF${activity(700_001)}`, 'utf16le');
  const gzip = gzipSync(activity(700_002));
  const bodies: [body: string | Buffer, ids: string[], headers?: Record<string, string>][] = [
    [activity(0, { contract_id: 'T-700010' }), ['T-700010', '700010', 't-700010']],
    [activity(0, { contract_id: ' 700011 ' }), ['700011']],
    [activity(1).replace('"contract_id":1', '"contract_id":9007199254740993'), ['9007199254740993']],
    [`\uFEFF${activity(700_000)}`, ['700000']],
    [utf16, ['700001']],
    [gzip, ['700002'], { 'content-encoding': 'gzip' }],
    [`[${activity(700_003)},${activity(700_004)}]`, ['700003', '700004']],
    ['{"contract_id":700005,"contract_id":700006}', ['700005', '700006']],
    ['{"activity":"A","contract_id":7.00012e5}', ['700012', '7.00012e5']],
    ['{"activity":"A","contract_id":700013.0,"x":12345678901234567890}', ['700013', '700013.0']],
    ['{"activity":"A","contract_id":7.00014E+5,"x":12345678901234567890}', ['700014']],
    ['{"activity":"A","contract_id":70001500e-2,"x":1.2345678901234567890}', ['700015']],
    ['{"activity":"A","contract_id":1.2345678901234567891e19}', ['12345678901234567891']],
    [
      activity(700_016, {
        counterparties: [{ counterparty_id: 41_001 }, { counterparty_id: 'CP-7' }],
        entity: { reference_id: 'NW-US', name: 'Northwind' },
        contract_template_id: 90_217,
      }),
      ['700016', '41001', 'CP-7', 'NW-US', '90217'],
    ],
    [activity(41_001), ['41001']],
    // Deeper, longer and wider than recursive readers bear.
    ...([5_000, 300_000] as const).map((depth, at): [string, string[]] => [
      `{"activity":"A","contract_id":${700_020 + at},"x":${'['.repeat(depth)}${']'.repeat(depth)}}`,
      [String(700_020 + at)],
    ]),
    [`${'{"a":'.repeat(20_000)}{"contract_id":700022}${'}'.repeat(20_000)}`, ['700022']],
    [activity(700_023, { note: '[{"\\'.repeat(100_000) }), ['700023']],
    [
      activity(700_024, Object.fromEntries(Array.from({ length: 30_000 }, (_, at) => [`key${at}`, [at]]))),
      ['700024'],
    ],
  ];
  for (const [body, , headers = {}] of bodies)
    expect((await deliver(body, { headers })).json).toMatchObject({ duplicate: false });
  const log = await reading(receiver);
  for (const [body, ids] of bodies)
    for (const id of ids)
      expect({ body, id, found: (await log.find(id)).found }).toEqual({ body, id, found: true });
  expect((await log.find('90217')).answer).toMatch(
    /^90217 is the id of a template\. CONTRACT_EXECUTED arrived and was verified, \d+ d after it occurred; your integration reported no outcome\.$/,
  );
  expect((await log.find('CP-7')).answer).toMatch(/^CP-7 is the id of a counterparty\. /);
  expect((await log.find('NW-US')).answer).toMatch(/^NW-US is the id of an entity of the workspace\. /);
  // A contract wins over a counterparty with its number.
  expect((await log.find('41001')).events.map(({ contract_id: id }) => id)).toEqual([41_001]);
  expect(await log.log.knows('90217')).toBe(false);
  expect(await log.find('9007199254740992')).toMatchObject({ found: false, unread: 0 });

  const unread = [
    await deliver('<xml/>'),
    await deliver('<xml/>'),
    await deliver('{"activity":"CONTRACT_EXECUTED"}'),
  ].map(({ json }) => there(json.eventId));
  const missing = await log.find('700099');
  expect(missing).toMatchObject({ found: false, unread: 3 });
  expect(missing.reason).toContain(
    `3 verified deliveries of that time could not be read in prod (production), the newest ${new Date(there((await log.list()).entries[0]).at).toISOString()} (${unread[2]}): it may be in one of them`,
  );
  expect(await log.find('700099', 'uat')).toMatchObject({ unread: 0 });
  // An id that only another environment knows may still be in an unread delivery of this one.
  await deliver(activity(700_100), { environment: 'uat' });
  expect((await log.find('700100', 'prod')).reason).toMatch(/but in uat.*3 verified deliveries of that time/);

  const { entries } = await log.list();
  expect(entries.slice(0, 3).map(({ event }) => event && [event.id, event.notes.unread])).toEqual([
    [unread[2], 'no_contract'],
    [unread[0], 'not_json'],
    expect.arrayContaining([null]),
  ]);
  expect((await log.find(there(unread[0]))).timeline.map(({ summary }) => summary).join()).toContain(
    'could not be read: it is not JSON',
  );

  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toContain('envcheck_unread_deliveries_total{environment="prod",reason="not_json"} 2');
  expect(metrics).toContain('envcheck_unread_deliveries_total{environment="prod",reason="no_contract"} 1');
  expect(metrics).toContain('envcheck_unread_deliveries_total{environment="uat",reason="not_json"} 0');

  const exported: Record<string, unknown>[] = [];
  const range = { environment: 'prod', since: 0, until: Date.now() + 60_000 };
  for await (const { records } of eventRecords(log.db, range))
    exported.push(...records.map((record) => JSON.parse(JSON.stringify(record))));
  const bytes = exported.map(({ payload, payloadBase64 }) =>
    typeof payloadBase64 === 'string'
      ? Buffer.from(payloadBase64, 'base64')
      : Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)),
  );
  expect(bytes).toEqual([
    ...bodies.map(([body]) => Buffer.from(body as string)),
    Buffer.from('<xml/>'),
    Buffer.from('{"activity":"CONTRACT_EXECUTED"}'),
  ]);
  expect(exported[4]).toMatchObject({ payload: { contract_id: 700_001 } });
  const deep = bodies.slice(-5).map(([body]) => body);
  expect(exported.filter(({ payload }) => deep.includes(payload as string))).toHaveLength(3);
  expect(exported[1]).not.toHaveProperty('payloadBase64');
  await log.close();
});

it('a refused contract does not hide the delivery that has its number as another id', async () => {
  const receiver = await startReceiver();
  const log = await reading(receiver);
  const refused = activity(700_050);
  const { status } = await receiver.deliver(refused, {
    signature: signed(receiver.world.uat.hmacKey, refused),
  });
  expect(status).toBe(401);
  await expect.poll(async () => (await log.find('700050')).timeline.length).toBe(1);
  expect(await log.find('700050')).toMatchObject({ found: false });
  await receiver.deliver(activity(700_051, { contract_template_id: 700_050 }));
  expect((await log.find('700050')).events.map(({ contract_id: id }) => id)).toEqual([700_051]);
  await log.close();
});

it('whatever is delivered with a valid signature is found by each id in it, or counted as unread or refused', async () => {
  const receiver = await startReceiver();
  await receiver.deliver(activity(1));
  const log = await reading(receiver);
  const id = fc.oneof(
    fc.integer({ min: 1_000, max: 2 ** 40 }).map(String),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 70n }).map(String),
    fc.integer({ min: 1_000, max: 10 ** 9 }).map((number) => `H-${number}`),
    fc.stringMatching(/^[A-Za-z][\w-]{5,20}$/),
  );
  const delivery = fc.record({
    contract: id,
    reference: id,
    external: id,
    party: id,
    asNumber: fc.boolean(),
    how: fc.constantFrom<DeliverOptions[]>(
      {},
      {},
      { headers: { 'content-type': 'text/plain' } },
      { environment: 'prd' },
      { environment: 'prod/more' },
    ),
    shape: fc.constantFrom<((text: string) => string | Buffer)[]>(
      (text) => text,
      (text) => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16(),
      (text) => gzipSync(text),
      (text) => `{"items":[${text}]}`,
      (text) => `[${text},${activity(77)}]`,
      (text) => `{"events":[${activity(78)},{"data":{"object":${text}}}]}`,
      (text) => JSON.stringify({ body: text }),
      (text) => text.slice(0, -3),
      (text) => Buffer.concat([Buffer.from([0x80]), Buffer.from(text)]),
    ),
  });
  await fc.assert(
    fc.asyncProperty(delivery, async ({ contract, reference, external, party, asNumber, shape, how }) => {
      const given = asNumber && /^\d+$/.test(contract) ? contract : JSON.stringify(contract);
      const text = `{"activity":"CONTRACT_SIGNED","contract_id":${given},"contract_reference_id":"${reference}","counterparties":[{"counterparty_id":"${party}"}],"external_metadata":{"id":" ${external} "}}`;
      const { status, json } = await receiver.deliver(shape(text), how);
      if (status !== 200) {
        expect([404, 415]).toContain(status);
        for (const each of [contract, reference, external, party]) {
          const { timeline, reason } = await log.find(each);
          const isTold =
            timeline.some(({ kind }) => kind === 'refused') || /(?:was|were) refused/.test(reason ?? '');
          expect({ text, each, isTold }).toEqual({ text, each, isTold: true });
        }
        return;
      }
      const before = await log.find(there(json.eventId));
      for (const each of [contract, reference, external, party]) {
        const { found, unread } = await log.find(each);
        expect({ text, each, known: found || unread > 0 }).toEqual({ text, each, known: true });
        const isRead = before.events.every(({ notes }) => notes.unread === null);
        expect({ text, each, found: found || !isRead }).toEqual({ text, each, found: true });
      }
    }),
    { numRuns: runs(25) },
  );
  await log.close();
});
