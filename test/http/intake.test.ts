import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { call, numbered, outcome, startIntake, tokens } from '../events/intake/start-intake.ts';
import { activity, bytesOf, startReceiver } from '../events/log/start-receiver.ts';

const reported = "api_calls where reporter = 'integration'";
const MIB = 1024 * 1024;

/** Bad lines of a report, with what its reason says. */
const bad: [line: string, reason: RegExp][] = [
  ['{"id": "cut off', /no JSON/],
  ['["id", "at"]', /no JSON object/],
  [call('x', { status: 700 }), /^status is 700; it has to be a status from 100 to 599/],
  [call('x', { at: 'yesterday' }), /^at is text of 9 characters; it has to be an ISO 8601 time/],
  [call('x', { requestID: 'r' }), /^there is no field “requestID”; did you mean requestId\?/],
  [call('x', { at: '2019-01-01T00:00:00Z' }), /older than what the log keeps \(90 days\)/],
  [call('x', { id: undefined, retries: -1 }), /^id is missing; .* Also retries is -1/],
];

describe('a report of calls', () => {
  it('with 1,000 good and 7 bad lines stores 1,000, names the 7, and stores nothing twice', async () => {
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

  it('keeps what was reported, with ids of ours that follow from those of the reporter', async () => {
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
    });
    expect(second).toMatchObject({ own_id: '2', attempts: 1, request_id: null, contract_id: null });
  });

  it('posted 20 times at once is stored once, and the same own id in another environment is another call', async () => {
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

  it('with an own id that is there is a duplicate whatever else it says, also within one report', async () => {
    const { report, rows } = await startIntake();
    const { json } = await report('calls', [call('a'), call('a', { status: 500 })].join('\n'));
    expect(json).toMatchObject({ accepted: 1, duplicates: 1 });
    expect((await report('calls', call('a', { status: 404 }))).json).toMatchObject({
      accepted: 0,
      duplicates: 1,
    });
    expect(rows(`select status from ${reported}`)).toEqual([{ status: 200 }]);
  });

  it('in which every line is refused is answered 400, lists 100 of them and counts all', async () => {
    const { report } = await startIntake();
    const { status, json } = await report('calls', '{}\n'.repeat(1_234));
    expect(status).toBe(400);
    expect(json).toMatchObject({ accepted: 0, duplicates: 0, refusedCount: 1_234 });
    expect(json.refused).toHaveLength(100);
  });

  it('that is empty is answered 200, and so is one of blank lines', async () => {
    const { report } = await startIntake();
    for (const body of ['', '\n\r\n  \n'])
      expect(await report('calls', body)).toMatchObject({
        status: 200,
        json: { accepted: 0, duplicates: 0, refused: [], refusedCount: 0 },
      });
  });

  it('with bytes that are no UTF-8 loses that line only, and a mark at the beginning does no harm', async () => {
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
  it('names its event by an id, or by contract, activity and time', async () => {
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
      expect.stringMatching(/without occurredAt/),
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

  it('that was sent to the wrong address says so instead of listing what a call would need', async () => {
    const { report } = await startIntake();
    const { status, json } = await report('calls', outcome('a'));
    expect([status, json.refused]).toEqual([
      400,
      [{ line: 1, reason: 'is one of outcomes, and calls are taken here' }],
    ]);
  });

  it('keeps free text only where payloads are kept in full', async () => {
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

describe('a report that is not taken', () => {
  it('is answered 401, 404 or 415, whatever its body, and nothing of it is stored', async () => {
    const { report, count, url } = await startIntake();
    const asked = async (how: Parameters<typeof report>[2]) => {
      const { status, json } = await report('calls', call('a'), how);
      return { status, error: json.error };
    };
    expect(await asked({ token: null })).toMatchObject({ status: 401 });
    for (const token of ['', 'wrong', tokens.uat, `${tokens.prod}x`, tokens.prod.slice(1)])
      expect(await asked({ token })).toMatchObject({ status: 401 });
    expect(await asked({ token: null, headers: { authorization: `Basic ${tokens.prod}` } })).toMatchObject({
      status: 401,
    });
    expect(await asked({ environment: 'staging' })).toEqual({ status: 404, error: 'no such environment' });
    expect(await asked({ environment: '__proto__' })).toMatchObject({ status: 404 });
    for (const type of ['application/xml', 'multipart/form-data; boundary=x', 'application/jsonp'])
      expect(await asked({ headers: { 'content-type': type } })).toMatchObject({ status: 415 });
    expect(await asked({ headers: { 'content-encoding': 'gzip' } })).toMatchObject({ status: 415 });
    expect((await fetch(`${url}/v1/prod/calls`)).status).toBe(404);
    expect((await fetch(`${url}/v1/prod/others`, { method: 'POST' })).status).toBe(404);
    expect(count(reported)).toBe(0);
  });

  it('since no intake is configured is answered 404 and told where it would be', async () => {
    const { url } = await startReceiver();
    const response = await fetch(`${url}/v1/prod/calls`, { method: 'POST', body: call('a') });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      error: expect.stringContaining('environments.prod.intake'),
    });
  });

  it('for its size is answered 413, while exactly 5 MiB are taken', async () => {
    const { report, count } = await startIntake();
    const filled = numbered(80, (index) => `${call(index).padEnd(64 * 1024 - 1)}\n`).join('');
    expect(filled).toHaveLength(5 * MIB);
    expect((await report('calls', `${filled} `)).json).toMatchObject({
      error: 'a body of up to 5 MiB is taken; send it in parts',
      requestId: expect.any(String),
    });
    expect(count(reported)).toBe(0);
    expect(await report('calls', filled)).toMatchObject({ status: 200, json: { accepted: 80 } });
  });

  it('since too many bodies arrive at once is answered 503, until they are through', async () => {
    const { report, url } = await startIntake();
    const large = 'x'.repeat(5 * MIB);
    const slow = numbered(12, (index) => String(index)).map(() =>
      request(`${url}/v1/prod/calls`, {
        method: 'POST',
        headers: { authorization: `Bearer ${tokens.prod}`, 'content-length': large.length },
      }),
    );
    for (const each of slow) {
      each.on('error', () => {});
      each.flushHeaders();
    }
    const status = async () => (await report('calls', large)).status;
    await expect.poll(status, { timeout: 5_000 }).toBe(503);
    expect((await report('calls', large)).headers.get('retry-after')).toBe('10');
    expect((await report('calls', call('a'))).status).toBe(200);
    for (const each of slow) each.destroy();
    await expect.poll(status, { timeout: 5_000 }).toBe(400);
  });

  it('has every usual content type, or none, and carries its request id back', async () => {
    const { report, url } = await startIntake();
    for (const type of ['application/x-ndjson', 'application/json; charset=utf-8', 'Text/Plain']) {
      const headers = { 'content-type': type, 'x-request-id': 'mine-1' };
      const answer = await report('calls', call('a'), { headers });
      expect({ type, status: answer.status }).toEqual({ type, status: 200 });
      expect([answer.headers.get('x-request-id'), answer.json.requestId]).toEqual(['mine-1', 'mine-1']);
    }
    const bare = await fetch(`${url}/v1/prod/calls`, {
      method: 'POST',
      body: new TextEncoder().encode(call('a')),
      headers: { authorization: `Bearer ${tokens.prod}` },
    });
    expect(bare.status).toBe(200);
    const refused = await report('calls', call('a'), { token: null, headers: { 'x-request-id': 'mine-2' } });
    expect([refused.headers.get('x-request-id'), refused.json.requestId]).toEqual(['mine-2', 'mine-2']);
  });
});

describe('what nobody should read', () => {
  it('is in no answer, log line or byte of the database: tokens, addresses, and text in wrong places', async () => {
    const { report, logged, config } = await startIntake();
    const canary = 'canary-7f3e91';
    const lines = [
      call('good', { path: `/users/${canary}@example.com/?query=${canary}&${canary}&page=${canary}` }),
      call('encoded', { path: `/users/${canary}%2540example.com` }),
      call(`${canary}@example.com`),
      call('a', { requestId: `${canary}%40example.com`, externalId: `<${canary}@example.com>` }),
      call('b', { [canary]: 1, status: canary, method: canary, code: `${canary} ${canary}`, at: canary }),
      call('c', { contractId: canary, retries: canary, durationMs: canary, path: canary }),
      `{"id":"${canary}`,
      `"${canary}"`,
    ];
    const answers = [
      await report('calls', lines.join('\n')),
      await report(
        'outcomes',
        [
          outcome('a', { message: `${canary}@example.com` }),
          outcome('b', { status: canary, activity: canary, message: [canary] }),
        ].join('\n'),
      ),
      await report('calls', call('a'), { token: canary }),
      await report('calls', call('a'), { environment: 'uat' }),
      await report('calls', call('a'), { headers: { 'content-type': `text/${canary}` } }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 401, 401, 415]);
    expect(answers[0]?.json).toMatchObject({ accepted: 2, refusedCount: 6 });
    const said = answers.map(({ text }) => text).join('\n') + logged.join('');
    const database = bytesOf(config.database);
    for (const word of [canary, tokens.prod, tokens.uat]) {
      expect(said).not.toContain(word);
      expect(database.includes(word)).toBe(false);
    }
  });
});

describe('a database that cannot take it', () => {
  it('is answered 503 with the time to wait, and the report is taken once it can', async () => {
    const { report, config, count, url } = await startIntake();
    expect((await report('calls', call('before'))).status).toBe(200);
    const other = new BetterSqlite3(config.database);
    other.exec('begin immediate');
    const refused = await report('calls', call('a'));
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '10']);
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    other.exec('rollback');
    other.close();
    expect((await report('calls', call('a'))).json).toMatchObject({ accepted: 1 });
    expect(count(reported)).toBe(2);
  });

  it('for a moment only delays the answer', async () => {
    const { report, config } = await startIntake();
    const other = new BetterSqlite3(config.database);
    other.exec('begin immediate');
    const answer = report('calls', call('a'));
    await sleep(1_000);
    other.exec('rollback');
    other.close();
    expect((await answer).status).toBe(200);
  });
});

it('deliveries are answered while reports of 5 MiB are being stored', async () => {
  const { report, deliver, count } = await startIntake();
  const filler = 'x'.repeat(60);
  const body = numbered(23_500, (index) => call(`${filler}-${index}`, { code: 'c'.repeat(50) })).join('\n');
  expect(body.length).toBeGreaterThan(4.5 * MIB);
  expect(body.length).toBeLessThan(5 * MIB);
  await deliver(activity(1));
  let done = false;
  const stored = report('calls', body).finally(() => {
    done = true;
  });
  const waits: number[] = [];
  while (!done) {
    const started = performance.now();
    expect((await deliver(activity(waits.length + 2))).status).toBe(200);
    waits.push(performance.now() - started);
  }
  expect((await stored).json).toMatchObject({ accepted: 23_500, refusedCount: 0 });
  // One after the other: had a delivery waited for the whole report, there would be one or two.
  expect(waits.length).toBeGreaterThan(10);
  expect(count('deliveries')).toBe(waits.length + 1);
});
