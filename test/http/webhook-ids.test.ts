import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openCore } from '../../src/core.ts';
import { derivedId } from '../../src/text/ids.ts';
import { activity, startReceiver } from '../events/log/start-receiver.ts';

describe('request ids', () => {
  it('the request id comes from X-Request-Id, else from traceparent, and is returned and stored', async () => {
    const { deliver, rows } = await startReceiver();
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
    const traceparent = `00-${trace}-00f067aa0ba902b7-01`;
    const sent: [Record<string, string>, string][] = [
      [{ 'x-request-id': 'order-service/7:a.b=c+d_e-f' }, 'order-service/7:a.b=c+d_e-f'],
      [{ traceparent }, trace],
      [{ 'x-request-id': 'mine', traceparent }, 'mine'],
    ];
    for (const [headers, expected] of sent) {
      const answer = await deliver(activity(1), { headers });
      expect(answer.headers.get('x-request-id')).toBe(expected);
      expect(answer.json.requestId).toBe(expected);
    }
    expect(rows('select request_id from deliveries order by key')).toEqual(
      sent.map(([, id]) => ({ request_id: id })),
    );
  });

  it('a missing or hostile request id is replaced by a generated one', async () => {
    const { deliver, rows } = await startReceiver();
    const hostile = [
      '',
      ' ',
      'a b',
      '<script>alert(1)</script>',
      "'; drop table events; --",
      'x'.repeat(129),
      'ä',
      '*bold*',
      '{"a":1}',
      '\\u001b[31m',
      'a, b',
    ];
    const sent: Record<string, string>[] = [
      {},
      ...hostile.map((id) => ({ 'x-request-id': id })),
      { traceparent: '00-xyz-00f067aa0ba902b7-01' },
      { traceparent: '00-00000000000000000000000000000000-00f067aa0ba902b7-01' },
    ];
    for (const headers of sent) {
      const answer = await deliver(activity(1), { headers });
      expect({ headers, id: answer.headers.get('x-request-id') }).toEqual({
        headers,
        id: expect.stringMatching(/^req_[0-9a-z]{26}$/),
      });
      expect(answer.json.requestId).toBe(answer.headers.get('x-request-id'));
    }
    const ids = rows<{ request_id: string }>('select request_id from deliveries').map(
      (row) => row.request_id,
    );
    expect(new Set(ids).size).toBe(sent.length);
  });

  it('every refusal carries the request id', async () => {
    const { deliver } = await startReceiver();
    const headers = { 'x-request-id': 'refused-1' };
    const refused = [
      await deliver('{}', { headers, signature: null }),
      await deliver('{}', { headers, environment: 'nowhere' }),
      await deliver('{}', { headers: { ...headers, 'content-type': 'text/plain' } }),
      await deliver('x'.repeat(1024 * 1024 + 1), { headers }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([401, 404, 415, 413]);
    expect(refused.map((answer) => answer.headers.get('x-request-id'))).toEqual(
      refused.map(() => 'refused-1'),
    );
  });
});

describe('a configured event id', () => {
  it('two bodies with one id in the header are two events, and equal bytes are one, whatever their id', async () => {
    const { deliver, count, rows, config } = await startReceiver({
      eventId: { prod: { header: 'X-Event-Id' } },
    });
    const as = (id: string) => ({ headers: { 'x-event-id': id } });
    const first = await deliver(activity(1), as('E-1'));
    const again = await deliver(activity(2), as('E-1'));
    const other = await deliver(activity(1), as('E-2'));
    const bare = await deliver(activity(1));
    expect([first, again, other, bare].map(({ json }) => json.duplicate)).toEqual([false, false, true, true]);
    expect(again.json.eventId).not.toBe(first.json.eventId);
    expect(new Set([first, other, bare].map(({ json }) => json.eventId)).size).toBe(1);
    expect(count('events')).toBe(2);
    expect(
      rows("select value, event_key from identifiers where kind = 'event' order by value, event_key"),
    ).toEqual([
      { value: 'E-1', event_key: 1 },
      { value: 'E-1', event_key: 2 },
      { value: 'E-2', event_key: 1 },
    ]);
    const uat = await deliver(activity(3), { environment: 'uat', ...as('E-1') });
    const core = await openCore(config, { logDestination: { write: () => {} } });
    const { events, timeline } = await core.log.find({ id: 'E-1', environment: null });
    expect(events.map(({ id, contract_id, notes }) => [id, contract_id, notes.sharedIds])).toEqual([
      [again.json.eventId, 2, [{ value: 'E-1', events: [first.json.eventId] }]],
      [first.json.eventId, 1, [{ value: 'E-1', events: [again.json.eventId] }]],
    ]);
    expect(uat.status).toBe(200);
    expect(timeline.map(({ summary }) => summary).join('\n')).toContain(
      `the event id E-1 also came with 1 other body (${first.json.eventId}): it identifies none of them`,
    );
    const query = {
      environment: 'prod',
      since: null,
      until: null,
      activity: null,
      failed: false,
      limit: 10,
      after: null,
    };
    const { entries } = await core.log.list(query);
    expect(entries.map(({ event }) => event?.notes.sharedIds.length)).toEqual([1, 1]);
    // A header that never changes does not make a list endless.
    await Promise.all(Array.from({ length: 20 }, (_, index) => deliver(activity(100 + index), as('same'))));
    const [newest] = (await core.log.list(query)).entries;
    expect(newest?.event?.notes.sharedIds).toEqual([{ value: 'same', events: expect.any(Array) }]);
    expect(newest?.event?.notes.sharedIds[0]?.events).toHaveLength(10);
    // An event of an earlier version is identified by the header alone, so its body may be the same.
    const old = derivedId('evt', 'prod', 'id', 'E-1');
    const database = new BetterSqlite3(config.database);
    database.prepare('update events set id = ?, contract_id = 2, occurred_at = null where key = 1').run(old);
    database.close();
    const upgraded = await core.log.find({ id: 'E-1', environment: 'prod' });
    expect(upgraded.events.map(({ notes }) => notes.sharedIds)).toEqual([[], []]);
    // The body of another contract is another one.
    const changed = new BetterSqlite3(config.database);
    changed.prepare('update events set contract_id = 1 where key = 1').run();
    changed.close();
    const clashing = await core.log.find({ id: 'E-1', environment: 'prod' });
    expect(clashing.events.map(({ notes }) => notes.sharedIds.length)).toEqual([1, 1]);
    await core.close();
  });

  it('a configured body field identifies the event at any depth, as text or number, in its environment only', async () => {
    const { deliver, count } = await startReceiver({
      eventId: { prod: { field: '/meta/event~1id/0' }, uat: { header: 'X-Event-Id' } },
    });
    const body = (id: unknown, attempt: number) =>
      JSON.stringify({ contract_id: 1, attempt, meta: { 'event/id': [id] } });
    const first = await deliver(body('E-1', 1));
    const again = await deliver(body('E-1', 2));
    const number = await deliver(body(17, 1));
    const numberAgain = await deliver(body(17, 2));
    const none = await deliver(body({ no: 'text' }, 1));
    expect([first, again, number, numberAgain, none].map(({ json }) => json.duplicate)).toEqual([
      false,
      true,
      false,
      true,
      false,
    ]);
    const uat = await deliver(body('E-1', 1), { environment: 'uat' });
    expect(uat.json).toMatchObject({ duplicate: false });
    expect(count('events')).toBe(4);
  });

  it('a field that holds no id, or one of several contracts, activities or times, merges no events, and the clash is shown', async () => {
    const { deliver, count, config } = await startReceiver({
      eventId: { prod: { field: '/event_id' } },
      payloads: 'redacted',
    });
    const placeholders = [
      ...['N/A', 'n/a', 'undefined', 'unknown', 'none', '-', 0, 'NULL', 'TBD', 'test', '{{event_id}}'],
      ...['00000000-0000-0000-0000-000000000000', 'Not Available', 'xxxx', 'sample'],
    ];
    for (const event_id of placeholders)
      for (const at of ['2026-11-05T09:00:00Z', '2026-11-05T09:00:01Z'])
        expect({
          event_id,
          ...(await deliver(activity(1, { event_id, at }))).json,
        }).toMatchObject({ event_id, duplicate: false });
    expect(count('events')).toBe(2 * placeholders.length);

    const first = await deliver(activity(7_001, { event_id: 'F-1000' }));
    const repeated = await deliver(activity(7_001, { event_id: 'F-1000', attempt: 2 }));
    expect(repeated.json).toMatchObject({ eventId: first.json.eventId, duplicate: true });
    const others = [
      activity(7_002, { event_id: 'F-1000', business_user: { email: 'ana.lima@northwind.example' } }),
      activity(7_001, { event_id: 'F-1000', activity: 'CONTRACT_VOIDED' }),
      activity(7_001, { event_id: 'F-1000', activity_data: { timestamp: '2026-09-18T08:53:52Z' } }),
      JSON.stringify({ event_id: 'F-1000', contract_id: 'REF-7003' }),
    ];
    const ids = [];
    for (const body of others) {
      const one = await deliver(body);
      expect(one.json).toMatchObject({ duplicate: false });
      expect((await deliver(body)).json).toMatchObject({ eventId: one.json.eventId, duplicate: true });
      ids.push(one.json.eventId);
    }
    expect(new Set([first.json.eventId, ...ids]).size).toBe(5);
    const core = await openCore(config, { logDestination: { write: () => {} } });
    const { events } = await core.log.find({ id: '7002', environment: null });
    expect(events.map(({ id, notes }) => [id, notes.sharedIds])).toEqual([
      [ids[0], [{ value: 'F-1000', events: expect.arrayContaining([first.json.eventId]) }]],
    ]);
    const { answer } = await core.log.find({ id: '7001', environment: null });
    expect(answer).toContain('F-1000 came with different bodies');
    const { events: unknown } = await core.log.find({ id: 'N/A', environment: null });
    expect(unknown.map(({ notes }) => notes.sharedIds.length)).toEqual([1, 1]);
    await core.close();
  });
});
