import { describe, expect, it } from 'vitest';
import { call, numbered, outcome, startIntake, tokens } from '../events/intake/start-intake.ts';
import { bytesOf } from '../events/log/start-receiver.ts';

const reported = "api_calls where reporter = 'integration'";

/** Invalid lines, each with the reason it is refused for. */
const bad: [line: string, reason: RegExp][] = [
  ['{"id": "cut off', /is not JSON/],
  ['["id", "at"]', /is not a JSON object/],
  [call('x', { status: 700 }), /^status is 700; it must be a status from 100 to 599/],
  [call('x', { at: 'yesterday' }), /^at is text of 9 characters; it must be an ISO 8601 time/],
  [call('x', { requestID: 'r' }), /^there is no field “requestID”; did you mean requestId\?/],
  [call('x', { at: '2019-01-01T00:00:00Z' }), /older than the log keeps \(90 days\)/],
  [call('x', { id: undefined, retries: -1 }), /^id is missing; .* Also retries is -1/],
];

describe('a report of calls', () => {
  it('a report with 1,000 valid and 7 invalid lines stores 1,000 once and names the 7', async () => {
    const { report, count } = await startIntake();
    const lines = numbered(1_000, (index) => call(`call-${index}`));
    for (const [index, [line]] of bad.entries()) lines.splice(index * 150 + 100, 0, line);
    const first = await report('calls', lines.join('\n'));
    expect(first.status).toBe(200);
    expect(first.json).toMatchObject({ accepted: 1_000, duplicates: 0, refusedCount: 7 });
    expect(first.json.refused).toEqual(
      bad.map(([, reason], index) => ({
        line: index * 150 + 101,
        reason: expect.stringMatching(reason),
      })),
    );
    const second = await report('calls', lines.join('\n'));
    expect(second.json).toMatchObject({ accepted: 0, duplicates: 1_000, refusedCount: 7 });
    expect(count(reported)).toBe(1_000);
  });

  it('a reported call is stored with an id derived from the reporter’s id', async () => {
    const { report, rows } = await startIntake();
    const line = {
      at: new Date(Date.now() - 5_000).toISOString(),
      method: 'post',
      path: 'https://user:pass@api.us.spotdraft.com/api/v2.1/public/contracts/?page=2#top',
      status: null,
      requestId: 'req-1',
      retries: 2,
      durationMs: 812.6,
      contractId: 'T-4711',
      externalId: '0061x00000AbCdE',
      code: 'timeout',
    };
    const { status } = await report(
      'calls',
      `${call('own-1', line)}\r\n\r\n${call(2, { requestId: null })}\r\n`,
    );
    expect(status).toBe(200);
    const [first, second] = rows<Record<string, unknown>>(`select * from ${reported} order by at`).reverse();
    expect(first).toEqual({
      call_id: expect.stringMatching(/^call_[0-9a-z]{26}$/),
      environment: 'prod',
      at: Date.parse(line.at),
      method: 'POST',
      path: '/api/v2.1/public/contracts/?page=2',
      status: null,
      attempts: 3,
      duration_ms: 813,
      failure: 'timeout',
      reporter: 'integration',
      own_id: 'own-1',
      request_id: 'req-1',
      external_id: '0061x00000AbCdE',
      contract_id: 4711,
      contract_id_exact: 0,
      path_contract_id: null,
      // The host without the login.
      host: 'api.us.spotdraft.com',
      retries_stated: 1,
      stored_at: expect.any(Number),
    });
    expect(second).toMatchObject({ own_id: '2', attempts: 1, request_id: null });
    // The path names it.
    expect(second).toMatchObject({ contract_id: 4711, contract_id_exact: 0 });
  });

  it('a report posted 20 times at once is stored once, and again for another environment', async () => {
    const { report, count } = await startIntake();
    const body = numbered(300, (index) => call(`call-${index}`)).join('\n');
    const answers = await Promise.all(Array.from({ length: 20 }, () => report('calls', body)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    const sum = (field: 'accepted' | 'duplicates') =>
      answers.reduce((total, { json }) => total + (json[field] ?? 0), 0);
    expect([sum('accepted'), sum('duplicates')]).toEqual([300, 19 * 300]);
    const other = await report('calls', body, { environment: 'uat', token: tokens.uat });
    expect(other.json.accepted).toBe(300);
    expect(count(reported)).toBe(600);
  });

  it('a line with a known own id is a duplicate whatever its other fields, also within one report', async () => {
    const { report, rows } = await startIntake();
    const { json } = await report('calls', [call('a'), call('a', { status: 500 })].join('\n'));
    expect(json).toMatchObject({ accepted: 1, duplicates: 1 });
    expect((await report('calls', call('a', { status: 404 }))).json).toMatchObject({
      accepted: 0,
      duplicates: 1,
    });
    expect(rows(`select status from ${reported}`)).toEqual([{ status: 200 }]);
  });

  it('a report of refused lines only gets 400, lists 100 of them and counts all', async () => {
    const { report } = await startIntake();
    const { status, json } = await report('calls', '{}\n'.repeat(1_234));
    expect(status).toBe(400);
    expect(json).toMatchObject({ accepted: 0, duplicates: 0, refusedCount: 1_234 });
    expect(json.refused).toHaveLength(100);
  });

  it('a report that is empty or blank gets 200', async () => {
    const { report } = await startIntake();
    for (const body of ['', '\n\r\n  \n'])
      expect(await report('calls', body)).toMatchObject({
        status: 200,
        json: { accepted: 0, duplicates: 0, refused: [], refusedCount: 0 },
      });
  });

  it('invalid UTF-8 costs one line only, and a byte order mark is ignored', async () => {
    const { report } = await startIntake();
    const body = Buffer.concat([
      Buffer.from(`\ufeff${call('a')}\n`),
      Buffer.from([0x7b, 0xff, 0x7d, 0x0a]),
      Buffer.from(call('ä')),
    ]);
    const { json } = await report('calls', body);
    expect(json).toMatchObject({ accepted: 2, refused: [{ line: 2, reason: 'is not UTF-8' }] });
  });
});

describe('a report of outcomes', () => {
  it('an outcome names its event by id, or by contract, activity and time', async () => {
    const { report, rows } = await startIntake();
    const triple = {
      eventId: undefined,
      contractId: 'H-4711',
      activity: 'CONTRACT_EXECUTED',
      occurredAt: '2026-09-17T08:53:52.201442Z',
    };
    const lines = [
      outcome('a', { eventId: 'evt_0123456789abcdefghjkmnpqrs', attempt: 2, code: 'crm.down' }),
      outcome('b', { ...triple, status: 'Retrying' }),
      outcome('c', { eventId: undefined }),
      outcome('d', { ...triple, occurredAt: undefined }),
    ];
    const { json } = await report('outcomes', lines.join('\n'));
    expect(json).toMatchObject({ accepted: 2, refusedCount: 2 });
    expect(json.refused?.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/^no event is named: give eventId, or contractId, activity and occurredAt/),
      expect.stringMatching(/missing: occurredAt/),
    ]);
    const stored = rows(
      'select id, own_id, status, attempt, event_id, contract_id, occurred_at, code from outcomes',
    );
    const id = expect.stringMatching(/^out_[0-9a-z]{26}$/);
    const none = { event_id: null, contract_id: null, occurred_at: null, code: null };
    expect(stored).toHaveLength(2);
    expect(stored).toEqual(
      expect.arrayContaining([
        {
          ...none,
          id,
          own_id: 'a',
          status: 'processed',
          attempt: 2,
          event_id: 'evt_0123456789abcdefghjkmnpqrs',
          code: 'crm.down',
        },
        {
          ...none,
          id,
          own_id: 'b',
          status: 'retrying',
          attempt: 1,
          contract_id: 4711,
          occurred_at: Date.parse(triple.occurredAt),
        },
      ]),
    );
  });

  it('an outcome sent to the address for calls is refused for that reason alone', async () => {
    const { report } = await startIntake();
    const { status, json } = await report('calls', outcome('a'));
    expect([status, json.refused]).toEqual([
      400,
      [{ line: 1, reason: 'is an outcome; only calls are accepted here' }],
    ]);
  });

  it('the free text of an outcome is stored only under log.payloads: full', async () => {
    for (const [payloads, kept] of [
      ['none', null],
      ['redacted', null],
      ['full', 'Jane Roe was not found'],
    ] as const) {
      const { report, rows, config } = await startIntake({ payloads });
      const { json } = await report('outcomes', outcome('a', { message: 'Jane Roe was not found' }));
      expect(json.accepted).toBe(1);
      expect(rows('select message from outcomes')).toEqual([{ message: kept }]);
      expect(bytesOf(config.database).includes('Jane Roe')).toBe(kept !== null);
    }
  });
});
