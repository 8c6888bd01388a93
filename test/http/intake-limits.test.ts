import { type ClientRequest, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { call, numbered, outcome, startIntake, tokens } from '../events/intake/start-intake.ts';
import { activity, bytesOf, startReceiver } from '../events/log/start-receiver.ts';
import { long } from '../long.ts';

const reported = "api_calls where reporter = 'integration'";
const MIB = 1024 * 1024;

describe('a refused report', () => {
  it('a report with a wrong token, environment or content type gets 401, 404 or 415 and is not stored', async () => {
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

  it('a report for an environment without intake gets 404 and the config key to set', async () => {
    const { url } = await startReceiver({
      adjust: (config) => ({
        ...config,
        environments: config.environments.map((environment) => ({ ...environment, intake: null })),
      }),
    });
    const response = await fetch(`${url}/v1/prod/calls`, { method: 'POST', body: call('a') });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      error: expect.stringContaining('environments.prod.intake'),
    });
  });

  it('a report over 5 MiB gets 413, and one of exactly 5 MiB is stored', async () => {
    const { report, count } = await startIntake();
    const filled = numbered(80, (index) => `${call(index).padEnd(64 * 1024 - 1)}\n`).join('');
    expect(filled).toHaveLength(5 * MIB);
    expect((await report('calls', `${filled} `)).json).toMatchObject({
      error: 'the body is over 5 MiB; send it in parts',
      requestId: expect.any(String),
    });
    expect(count(reported)).toBe(0);
    expect(await report('calls', filled)).toMatchObject({ status: 200, json: { accepted: 80 } });
  });

  it('a report larger than all reports together may be gets 413, because sending it again would not help', async () => {
    const { url } = await startIntake();
    const status = await new Promise((resolve, reject) => {
      const sent = request(`${url}/v1/prod/outcomes`, {
        method: 'POST',
        headers: { authorization: `Bearer ${tokens.prod}`, 'content-length': 65 * MIB },
      });
      sent.on('response', (response) => resolve(response.statusCode)).on('error', reject);
      sent.flushHeaders();
      sent.on('close', () => sent.destroy());
    });
    expect(status).toBe(413);
  });

  it('a report gets 429 while one token sends too many bytes, and 503 while all do', async () => {
    const { report, url } = await startIntake();
    const large = 'x'.repeat(5 * MIB);
    const slow = new Set<ClientRequest>();
    let held = true;
    onTestFinished(() => {
      held = false;
    });
    // A silent report is ended after some seconds. On a busy machine that is before the others began, so another follows.
    const begin = (environment: 'prod' | 'uat') => {
      const sent = request(`${url}/v1/${environment}/calls`, {
        method: 'POST',
        headers: { authorization: `Bearer ${tokens[environment]}`, 'content-length': large.length },
      });
      slow.add(sent);
      sent.on('error', () => {});
      sent.on('close', async () => {
        slow.delete(sent);
        await sleep(100);
        if (held) begin(environment);
      });
      sent.flushHeaders();
    };
    const status = async (environment: 'prod' | 'uat') =>
      (await report('calls', large, { environment, token: tokens[environment] })).status;
    for (let n = 0; n < 6; n += 1) begin('prod');
    await expect.poll(() => status('prod'), { timeout: 30_000 }).toBe(429);
    expect((await report('calls', large)).headers.get('retry-after')).toBe('10');
    expect((await report('calls', call('a'))).status).toBe(200);
    // Another token has bytes of its own.
    expect(await status('uat')).toBe(400);
    for (let n = 0; n < 3; n += 1) begin('uat');
    await expect.poll(() => status('uat'), { timeout: 30_000 }).toBe(503);
    expect((await report('calls', call('b'))).status).toBe(200);
    held = false;
    for (const each of slow) each.destroy();
    await expect.poll(() => status('prod'), { timeout: 30_000 }).toBe(400);
  });

  it('a body of too many refused lines gets 400 with what was judged, stored and not read', async () => {
    const { report, count } = await startIntake();
    const text = [call('first'), ...Array(6_000).fill('{}'), call('last')].join('\n');
    const { status, json } = await report('calls', text);
    expect({ status, ...json, refused: json.refused?.length }).toEqual({
      status: 400,
      error:
        'line 5002 and those after it were not read: a body may have 5,000 refused lines and 100,000 lines; correct it and send all of it again, stored lines are not stored twice',
      accepted: 1,
      duplicates: 0,
      refused: 100,
      refusedCount: 5_000,
      judged: 5_001,
      unreadFrom: 5_002,
      requestId: expect.any(String),
    });
    expect(count(reported)).toBe(1);
    expect((await report('calls', [call('first'), call('last')].join('\n'))).json).toMatchObject({
      accepted: 1,
      duplicates: 1,
      judged: 2,
      unreadFrom: null,
    });
  });

  it('bodies of one token are judged one after another, in the order in which they came, and each is answered', async () => {
    const { report, rows } = await startIntake();
    const send = (name: string, environment: 'prod' | 'uat' = 'prod') =>
      report('calls', numbered(600, (index) => call(`${name}-${index}`)).join('\n'), {
        environment,
        token: tokens[environment],
      });
    const answers = await Promise.all([send('a'), send('b'), send('c'), send('d', 'uat'), send('e')]);
    expect(answers.map(({ status, json }) => [status, json.accepted])).toEqual(Array(5).fill([200, 600]));
    const order = rows<{ name: string }>(
      `select substr(own_id, 1, 1) as name from ${reported} and environment = 'prod' order by rowid`,
    ).map(({ name }) => name);
    expect(order).toHaveLength(2_400);
    // Each body's lines stand together.
    expect(order.filter((name, index) => name !== order[index - 1])).toHaveLength(4);
  });

  it('a report may have any usual content type or none, and its answer carries the request id', async () => {
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

describe('secrets and personal data', () => {
  it('tokens, addresses and misplaced text appear in no answer, log line or byte of the database', async () => {
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

describe('a database that cannot store', () => {
  it('a report gets 503 and Retry-After while the database cannot store it, and 200 once it can', async () => {
    const { report, config, count, url } = await startIntake();
    expect((await report('calls', call('before'))).status).toBe(200);
    const other = new BetterSqlite3(config.database);
    other.exec('alter table api_calls rename to away');
    const refused = await report('calls', call('a'));
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '10']);
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    other.exec('alter table away rename to api_calls');
    other.close();
    expect((await report('calls', call('a'))).json).toMatchObject({ accepted: 1 });
    expect(count(reported)).toBe(2);
  });

  it('a short database lock only delays the answer', async () => {
    const { report, config } = await startIntake();
    const other = new BetterSqlite3(config.database);
    other.exec('begin immediate');
    const answer = report('calls', call('a'));
    await sleep(300);
    other.exec('rollback');
    other.close();
    expect((await answer).status).toBe(200);
  });
});

it('deliveries are answered while a large report is being stored', async () => {
  const { report, deliver, count } = await startIntake();
  const filler = 'x'.repeat(60);
  // The long run sends almost 5 MiB.
  const lines = long ? 23_500 : 8_000;
  const body = numbered(lines, (index) => call(`${filler}-${index}`, { code: 'c'.repeat(50) })).join('\n');
  expect(body.length).toBeGreaterThan(200 * lines);
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
  expect((await stored).json).toMatchObject({ accepted: lines, refusedCount: 0 });
  // Deliveries are sent one by one. If one had to wait for the whole report, there would be one or two.
  expect(waits.length).toBeGreaterThan(lines / 2_350);
  expect(count('deliveries')).toBe(waits.length + 1);
});
