import { describe, expect, it, onTestFinished } from 'vitest';
import { find } from '../../../src/events/find/find.ts';
import { explainNotFound } from '../../../src/events/find/not-found.ts';
import type { FindResult } from '../../../src/events/find/result.ts';
import { type Database, openDatabase } from '../../../src/store/database.ts';
import { inTransaction } from '../../../src/store/transaction.ts';
import { insertRegistration } from '../../../src/store/webhook-registrations.ts';
import { runningClock } from '../../time/movable-clock.ts';
import { activity, type Receiver, type ReceiverOptions, startReceiver } from '../log/start-receiver.ts';

const KEEP_MS = 90 * 86_400_000;

interface Log extends Receiver {
  look(query: string, environment?: string): Promise<FindResult>;
}

async function openLog(options: ReceiverOptions = {}): Promise<Log> {
  const receiver = await startReceiver(options);
  const db: Database = openDatabase(receiver.config.database);
  onTestFinished(() => db.destroy());
  return {
    ...receiver,
    look: (id, environment) =>
      find(
        db,
        { id, environment: environment ?? null },
        {
          keepMs: KEEP_MS,
          now: (options.overrides?.clock ?? Date).now(),
          environments: receiver.config.environments,
          pairs: receiver.config.drift.pairs,
        },
      ),
  };
}

const body = activity(481_516, {
  contract_reference_id: 'SD-4815',
  external_metadata: { id: 'deal-122', integration_name: 'HubSpot', record_type: 'Deal' },
});

describe('finding an event', () => {
  it('every id of an event, whole or as a prefix, leads to the same timeline', async () => {
    const clock = runningClock();
    const { deliver, look } = await openLog({
      overrides: { clock },
      eventId: { prod: { header: 'X-Event-Id' } },
    });
    const as = (requestId: string) => ({
      headers: { 'x-event-id': 'theirs-0001', 'x-request-id': requestId },
    });
    const first = await deliver(body, as('order-service-1'));
    clock.move(12_000);
    const second = await deliver(body, as('order-service-2'));
    await deliver(activity(1));
    const { eventId = '', deliveryId = '' } = first.json;
    const ids = [
      eventId,
      eventId.toUpperCase(),
      ` ${eventId} `,
      eventId.slice(0, 10),
      deliveryId,
      deliveryId.slice(0, 12),
      second.json.deliveryId ?? '',
      'order-service-1',
      'order-service-2',
      'theirs-0001',
      'theirs',
      '481516',
      'T-481516',
      'H-481516',
      't-481516',
      'SD-4815',
      'SD-481',
      'deal-122',
      'deal-1',
    ];
    const whole = await look(eventId);
    // Envcheck's read of the key is no part of the story.
    expect(whole.timeline.map(({ kind }) => kind)).toEqual(['occurred', 'delivery', 'delivery']);
    expect([1, 2].map((index) => whole.timeline[index]?.id)).toEqual([deliveryId, second.json.deliveryId]);
    // On a busy machine the deliveries themselves take seconds.
    expect(whole.timeline[2]?.summary).toMatch(/no\. 2\), 1[2-9] s after the one before/);
    for (const id of ids) {
      const found = await look(id);
      expect({ id, reason: found.reason, timeline: found.timeline }).toEqual({
        id,
        reason: null,
        timeline: whole.timeline,
      });
      expect(found.events.map((event) => event.id)).toEqual([eventId]);
    }
  });

  it('both forms of a Salesforce id find the event, whichever the log holds', async () => {
    const { deliver, look } = await openLog();
    const record = (id: string) => ({ external_metadata: { id, integration_name: 'Salesforce' } });
    const long = await deliver(activity(1, record('001A0000006Vm9rIAC')));
    const both = ['001A0000006Vm9r', '001A0000006Vm9rIAC'];
    for (const id of both)
      expect((await look(id)).events.map((event) => event.id)).toEqual([long.json.eventId]);
    const short = await deliver(activity(2, record('001A0000006Vm9r')));
    for (const id of both) {
      const found = await look(id);
      expect(found.ambiguous).toBe(false);
      expect(new Set(found.events.map((event) => event.id))).toEqual(
        new Set([long.json.eventId, short.json.eventId]),
      );
    }
    expect((await look('001A0000006VM9r')).found).toBe(false);
    expect((await look('001A0000006Vm9rIAD')).found).toBe(false);
  });

  it('the number in a composite id or link is a guess, and an id of that very form comes first', async () => {
    const { deliver, look } = await openLog();
    await deliver(body);
    for (const id of ['T-481516', 'H-481516', 'https://app.spotdraft.com/contracts/v2/481516'])
      expect(await look(id)).toMatchObject({
        found: true,
        reason: null,
        guess: expect.stringContaining(`the number in ${id} is the internal id`),
      });
    expect((await look('481516')).guess).toBeNull();
    expect((await look('SD-4815')).guess).toBeNull();
    const named = await deliver(activity(7, { contract_reference_id: 'T-481516' }));
    const exact = await look('T-481516');
    expect(exact.events.map(({ id }) => id)).toEqual([named.json.eventId]);
    expect(exact.guess).toBeNull();
  });

  it('the activity time as sent finds every event of that time', async () => {
    const { deliver, look } = await openLog();
    const { json } = await deliver(body);
    const other = await deliver(activity(1));
    const found = await look('2026-09-17T08:53:52.201442Z');
    expect(new Set(found.events.map(({ id }) => id))).toEqual(new Set([json.eventId, other.json.eventId]));
    expect((await look('2026-09-17T08')).events).toHaveLength(2);
  });

  it('a contract id finds its events in both environments', async () => {
    const { deliver, look } = await openLog();
    await deliver(body);
    await deliver(activity(481_516));
    await deliver(activity(481_516), { environment: 'uat' });
    await deliver(activity(4_815_162));
    const found = await look('T-481516');
    expect(found.events.map(({ environment }) => environment).sort()).toEqual(['prod', 'prod', 'uat']);
    expect(found.timeline.filter(({ kind }) => kind === 'call')).toEqual([]);
  });

  it('a request id finds accepted and refused deliveries', async () => {
    const { deliver, look } = await openLog();
    await deliver(activity(1));
    const headers = { 'x-request-id': 'order-service-9' };
    const refused = await deliver(body, { headers, signature: 'e'.repeat(128) });
    expect(refused.status).toBe(401);
    await deliver(body, { headers });
    const found = await look('order-service-9');
    expect(found.timeline.map(({ kind }) => kind)).toEqual(['occurred', 'refused', 'delivery']);
    const entry = found.timeline.find(({ kind }) => kind === 'refused');
    expect(entry?.summary).toMatch(/401 \(bad signature, signed with none of the keys/);
    const byDelivery = await look(entry?.id ?? '');
    expect(byDelivery.timeline.map(({ kind }) => kind)).toEqual(['refused']);
    expect(byDelivery).toMatchObject({ found: false, events: [] });
    expect(byDelivery.reason).toMatch(/^Rejected for its signature: .* Check whether another workspace/);
  });

  it('wildcards and quotes are ordinary characters and find nothing', async () => {
    const { deliver, look } = await openLog();
    await deliver(body);
    for (const query of [
      'deal-%',
      'deal-___',
      '%%%%%%',
      "' or 1=1 --",
      'deal-122 or 1',
      '\u{10ffff}'.repeat(6),
      '******',
    ])
      expect({ query, found: (await look(query)).matches }).toEqual({ query, found: [] });
  });
});

describe('finding an API call', () => {
  it('the id of one of our calls finds it', async () => {
    const { deliver, look, rows } = await openLog();
    await deliver(body);
    const [call] = rows<{ call_id: string }>('select call_id from api_calls');
    const found = await look(call?.call_id ?? '');
    expect(found).toMatchObject({ reason: null, events: [], calls: [{ call_id: call?.call_id }] });
    expect(found.timeline).toMatchObject([{ kind: 'call', id: call?.call_id }]);
    expect(found.timeline[0]?.summary).toMatch(/hmac_key.* → 200/);
  });
});

describe('finding by a prefix', () => {
  it('a prefix of several ids lists them and shows no timeline', async () => {
    const { deliver, look } = await openLog();
    for (const id of ['deal-1221', 'deal-1222', 'deal-1223'])
      await deliver(activity(1, { external_metadata: { id } }));
    const found = await look('deal-12');
    expect(found.matches.map(({ kind, value }) => `${kind} ${value}`).sort()).toEqual([
      'external deal-1221',
      'external deal-1222',
      'external deal-1223',
    ]);
    expect([found.events, found.timeline, found.calls]).toEqual([[], [], []]);
    expect((await look('deal-1221')).events).toHaveLength(1);
  });

  it('a complete id finds only that id, even when it is a prefix of another', async () => {
    const { deliver, look } = await openLog();
    for (const id of ['deal-12', 'deal-122']) await deliver(activity(1, { external_metadata: { id } }));
    expect((await look('deal-12')).matches).toEqual([{ kind: 'external', value: 'deal-12' }]);
  });

  it('a prefix of fewer than six characters is too short', async () => {
    const { deliver, look } = await openLog();
    const { json } = await deliver(body);
    for (const query of ['deal-', (json.eventId ?? '').slice(0, 5), '']) {
      const found = await look(query);
      expect(found.matches).toEqual([]);
      expect(found.reason).toMatch(/too short.*six/);
    }
  });
});

describe('ids that are not found', () => {
  it('the reason says how far the log goes back and what to try', async () => {
    const { deliver, look } = await openLog();
    expect((await look('evt_0000000000')).reason).toMatch(
      /Nothing was ever received\. The log keeps 90 days and holds no delivery yet\. Register a webhook/,
    );
    await deliver(body);
    const today = new Date().toISOString().slice(0, 10);
    const reason = (await look('evt_0000000000')).reason ?? '';
    expect(reason).toMatch(/“evt_0000000000” was never received/);
    expect(reason).toContain(`The log keeps 90 days; its oldest delivery is from ${today}.`);
    expect(reason).toMatch(/Try the contract's number/);
    expect((await look('T-77')).reason).toMatch(/“T-77” was never received/);
    expect((await look('77')).reason).toMatch(/“77” was never received/);
  });

  it('an id of Envcheck itself is named, and no delivery is denied for it', async () => {
    const { look, config } = await openLog();
    const db = openDatabase(config.database);
    onTestFinished(() => db.destroy());
    await inTransaction(db, (transaction) =>
      insertRegistration(transaction, {
        environment: 'prod',
        webhookId: 31_415,
        origin: 'created',
        state: 'active',
        title: null,
        url: null,
        activities: null,
        headerNames: [],
        registeredAt: Date.UTC(2026, 10, 3),
        deletedAt: null,
      }),
    );
    const answers = await Promise.all(
      ['31415', `wvr_${'a1'.repeat(13)}`, 'err_0123456789', `OBX_${'a1'.repeat(13)}`].map(
        async (id) => (await look(id)).reason,
      ),
    );
    expect(answers).toEqual([
      '31415 is the id of a webhook that Envcheck knows in prod (production) (active, since 3 Nov 2026). No contract with this number is in the log.',
      expect.stringMatching(/ is the id of a waiver: `waivers` lists them\.$/),
      expect.stringMatching(
        / is the id of an unexpected error of Envcheck: search for it in Envcheck's own log\.$/,
      ),
      expect.stringMatching(/ is the id of a message to Slack: /),
    ]);
  });

  it('an id that may be in a delivery without ids in the log is never denied', () => {
    const group = (rejection: string, changes = {}) => ({
      ...{ rejection, signedWith: null, kept: 1, unread: 0, count: 1, isExact: true },
      ...changes,
    });
    const prod = { name: 'prod', production: true };
    const about = (groups: ReturnType<typeof group>[], unread = 0): string | undefined =>
      explainNotFound('T-77', {
        ...{ keepMs: 90 * 86_400_000, now: Date.now(), oldest: Date.now() - 1, environments: [prod] },
        ...{ isLost: false, outages: [] },
        refused: [
          {
            ...{ environment: prod, groups, newest: null },
            kept: groups.length,
            count: groups.reduce((sum, { count }) => sum + count, 0),
            isExact: groups.every(({ isExact }) => isExact),
          },
        ],
        unread: unread === 0 ? [] : [{ environment: prod, count: unread, newest: null }],
      })[0];
    const maybe = (where: string) =>
      `“T-77” is in no delivery whose ids are in the log; it may be in ${where}.`;
    for (const rejection of [
      'no_key',
      'too_large',
      'wrong_type',
      'bad_signature',
      'rate_limited',
      'wrong_method',
    ])
      expect(about([group(rejection)])).toBe(maybe('1 refused delivery'));
    // The 61st of a known signer within a minute is counted and not kept.
    expect(about([group('bad_signature', { signedWith: 'uat current', kept: 60, count: 93 })])).toBe(
      maybe('33 refused deliveries'),
    );
    expect(about([group('wrong_type', { isExact: false })], 2)).toBe(
      maybe('2 verified deliveries that could not be read and at least 1 refused delivery'),
    );
    expect(about([group('bad_signature', { signedWith: 'uat current' })])).toMatch(/never received/);
    expect(about([])).toMatch(/never received/);
  });

  it('a delivery that an incident holds beyond log.keep does not let the log seem older than it is', () => {
    const now = Date.UTC(2026, 10, 30);
    const about = (oldest: number) =>
      explainNotFound('T-77', {
        keepMs: 90 * 86_400_000,
        now,
        oldest,
        environments: [],
        refused: [],
        unread: [],
        isLost: false,
        outages: [],
      }).join(' ');
    expect(about(Date.UTC(2026, 7, 1))).toContain(
      'The log keeps 90 days: before 2026-09-01 it holds only what an incident needs.',
    );
    expect(about(Date.UTC(2026, 8, 2))).toContain(
      'The log keeps 90 days; its oldest delivery is from 2026-09-02.',
    );
  });

  it('the reason names rejected deliveries that the id may belong to', async () => {
    const { deliver, look } = await openLog();
    await deliver(activity(1));
    await deliver(body, { signature: 'e'.repeat(128) });
    expect((await look('T-481516')).reason).toMatch(
      /^“T-481516” is in no delivery whose ids are in the log; it may be in 1 refused delivery\..* A delivery was rejected for its signature in prod \(production\), the newest \d{4}-\S+ \(dlv_\w{26}\)/,
    );
    expect((await look('T-481516', 'uat')).reason).not.toMatch(/rejected/);
  });

  it('the reason names the other environment that knows the id', async () => {
    const { deliver, look } = await openLog();
    await deliver(body, { environment: 'uat' });
    const inProd = await look('T-481516', 'prod');
    expect(inProd).toMatchObject({ found: false, events: [], timeline: [], calls: [] });
    expect(inProd.reason).toMatch(/^“T-481516” is not known in prod \(production\), but in uat\./);
    const inUat = await look('T-481516', 'uat');
    expect(inUat).toMatchObject({ found: true, reason: null, events: [{ environment: 'uat' }] });
    expect((await look('T-481516')).timeline).toEqual(inUat.timeline);
  });

  it('a time leads to the list of what arrived then, and an impossible one is named', async () => {
    const clock = runningClock();
    clock.move(Date.UTC(2031, 10, 30, 21) - Date.now());
    const { deliver, look } = await openLog({ overrides: { clock } });
    for (const minute of [1, 2])
      await deliver(
        activity(minute, {
          activity_data: { performed_by: { name: 'SYSTEM' }, timestamp: `2031-11-30T20:4${minute}:00Z` },
        }),
      );
    for (const [query, at] of [
      ['20:48', '2031-11-30T20:48Z'],
      ['22:48', '2031-11-29T22:48Z'],
      ['2031-11-30T20:48', '2031-11-30T20:48Z'],
      ['2031-11-30 20:48', '2031-11-30T20:48Z'],
      ['2031-11-30T21:48+01:00', '2031-11-30T20:48Z'],
      ['2031-11-30', '2031-11-30T00:00Z'],
    ] as const) {
      const { found, reason } = await look(query);
      expect({ query, found }).toEqual({ query, found: false });
      expect(reason).toContain(`\`events prod --since ${at}\``);
      expect(reason).not.toContain('never');
    }
    expect((await look('2031-13-30T20:48')).reason).toContain('there is no month 13');
    expect((await look('2031-11-30T20:41:00Z')).events).toMatchObject([{ contract_id: 1 }]);
    expect(await look('2031-11-30T20:4')).toMatchObject({ ambiguous: true });
  });

  it('the reason says that a time is older than the log keeps', async () => {
    const { deliver, look } = await openLog();
    await deliver(body);
    expect((await look('2019-01-01T00:00:00Z')).reason).toMatch(/older than the log keeps.*backup/);
    expect((await look(new Date().toISOString())).reason).toMatch(/that is a time/);
  });
});
