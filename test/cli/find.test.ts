import { mkdirSync, rmdirSync, statSync } from 'node:fs';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openEventLogWriter } from '../../src/store/event-log.ts';
import { type CliWorld, openCliWorld } from './program.ts';

const at = Date.UTC(2026, 8, 17, 9, 0, 0);
const evt = (tail: string) => `evt_${tail.padStart(26, '0')}`;
const dlv = (tail: string) => `dlv_${tail.padStart(26, '0')}`;

/** A world whose log holds two events; the first was delivered twice. */
async function openLog(): Promise<CliWorld> {
  const world = await openCliWorld();
  expect((await world.run(['migrate'])).code).toBe(0);
  const writer = openEventLogWriter(`${world.folder}/envcheck.db`);
  const event = (id: string, external: string) => ({
    id: evt(id),
    activity: 'CONTRACT_EXECUTED',
    contractId: 481_516,
    occurredAt: at - 10_000,
    payload: null,
    payloadKind: null,
    unread: null,
    identifiers: [
      { kind: 'contract', value: '481516' },
      { kind: 'external', value: external },
    ],
  });
  const delivery = (id: string, receivedAt: number) => ({
    id: dlv(id),
    environment: 'prod',
    receivedAt,
    requestId: `request-${id}`,
    source: '192.0.2.1',
    rejection: null,
    signedWith: null,
    bytes: 2,
  });
  writer.write([
    { ...delivery('1', at), event: event('a', 'deal-122') },
    { ...delivery('2', at + 3_000), event: event('a', 'deal-122') },
    { ...delivery('3', at + 9_000), event: event('b', 'deal-1\u001b[31m23') },
  ]);
  writer.close();
  const database = new BetterSqlite3(`${world.folder}/envcheck.db`);
  database
    .prepare(
      "insert into api_calls (call_id, environment, at, method, path, status, attempts, duration_ms, reporter) values ('call_1234567', 'prod', ?, 'GET', '/x', 200, 1, 5, 'integration')",
    )
    .run(at + 1_000);
  database.close();
  return world;
}

describe('find --json', () => {
  it('prints one JSON value with exactly the documented keys', async () => {
    const { run } = await openLog();
    const { code, out, err } = await run(['find', 'deal-122', '--json']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const { contracts, ...found } = JSON.parse(out);
    expect(contracts).toEqual([
      {
        environment: 'prod',
        contract: null,
        unknown: expect.stringContaining('shows no contract with this id'),
        isGuess: false,
        missing: [],
        notJudged: 'its status is unknown',
        lastChange: { activity: 'CONTRACT_EXECUTED', at: '2026-09-17T08:59:50.000Z' },
        receivers: [
          { name: 'Envcheck', got: 1 },
          { name: 'crm-sync', got: null },
        ],
      },
    ]);
    expect(found).toEqual({
      query: 'deal-122',
      answer: 'CONTRACT_EXECUTED arrived 2 times and was verified; your integration reported no outcome.',
      found: true,
      reason: null,
      leftOut: {},
      unread: 0,
      events: [
        {
          id: evt('a'),
          environment: 'prod',
          activity: 'CONTRACT_EXECUTED',
          contractId: 481_516,
          occurredAt: '2026-09-17T08:59:50.000Z',
          deliveries: [
            {
              id: dlv('1'),
              receivedAt: '2026-09-17T09:00:00.000Z',
              verified: true,
              requestId: 'request-1',
              duplicate: false,
            },
            {
              id: dlv('2'),
              receivedAt: '2026-09-17T09:00:03.000Z',
              verified: true,
              requestId: 'request-2',
              duplicate: true,
            },
          ],
          unread: null,
          sharedIds: [],
        },
      ],
      calls: [expect.objectContaining({ callId: 'call_1234567', environment: 'prod', status: 200 })],
      outcomes: [],
      timeline: [
        { at: '2026-09-17T08:59:50.000Z', kind: 'occurred', id: evt('a'), summary: expect.any(String) },
        { at: '2026-09-17T09:00:00.000Z', kind: 'delivery', id: dlv('1'), summary: expect.any(String) },
        { at: '2026-09-17T09:00:01.000Z', kind: 'call', id: 'call_1234567', summary: expect.any(String) },
        { at: '2026-09-17T09:00:03.000Z', kind: 'delivery', id: dlv('2'), summary: expect.any(String) },
      ],
    });
    expect(Object.keys(found)).toEqual([
      'query',
      'answer',
      'found',
      'reason',
      'leftOut',
      'unread',
      'events',
      'calls',
      'outcomes',
      'timeline',
    ]);
  });

  it('prints the same keys and the reason when nothing is found, and exits with 1', async () => {
    const { run } = await openLog();
    const { code, out, err } = await run(['find', 'evt_zzzzzzzz', '--json']);
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(JSON.parse(out)).toEqual({
      query: 'evt_zzzzzzzz',
      answer: '“evt_zzzzzzzz” was never received, or not by this Envcheck.',
      found: false,
      reason: expect.stringContaining('never received'),
      leftOut: {},
      unread: 0,
      events: [],
      calls: [],
      outcomes: [],
      timeline: [],
    });
  });

  it('lists all ids that share the prefix', async () => {
    const { run } = await openLog();
    const { code, out } = await run(['find', 'evt_000000', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      found: true,
      reason: `several ids begin like this: ${evt('a')}, ${evt('b')}`,
      events: [],
      timeline: [],
    });
  });
});

describe('find', () => {
  it('answers where SQLite can neither write to the disk nor create its file beside the database', async () => {
    const { run, folder } = await openLog();
    const file = `${folder}/envcheck.db`;
    // A folder in its place fails like a full disk, which has no room for this file.
    mkdirSync(`${file}-shm`);
    const alone = await run(['find', 'deal-122']);
    expect(alone).toMatchObject({ code: 0, out: expect.stringContaining(dlv('1')) });
    rmdirSync(`${file}-shm`);
    // The write-ahead log does not grow while another process has the database open.
    const other = new BetterSqlite3(file);
    other.prepare('select count(*) from events').get();
    const sizes = () => ['', '-wal'].map((ending) => statSync(file + ending).size);
    const before = sizes();
    other.exec('begin immediate');
    // Nothing is read from SpotDraft for a call, so that no read is logged.
    expect(await run(['find', 'call_1234567'])).toMatchObject({ code: 0, err: '' });
    expect(sizes()).toEqual(before);
    other.exec('rollback');
    other.close();
  });

  it('answers several ids in order, counts those it leaves out, and exits with 1 when one is not found', async () => {
    const { run } = await openLog();
    const both = await run(['find', 'T-481516,', '<deal-122>']);
    expect(both).toMatchObject({ code: 0, err: '' });
    expect(both.out).toMatch(/^2 ids, 2 found\n/);
    const json = await run(['find', 'contract 481516', 'deal-999', '--json']);
    expect(json).toMatchObject({ code: 1, err: '' });
    expect(JSON.parse(json.out)).toMatchObject({
      answers: [
        { query: '481516', found: true },
        { query: 'deal-999', found: false },
      ],
      leftOut: {},
      reason: null,
    });
    const many = Array.from({ length: 25 }, (_, index) => `deal-${index + 500}`);
    const cut = await run(['find', ...many]);
    expect(cut.out).toContain('25 ids, 0 found');
    expect(cut.out).toContain('5 more ids were not looked up');
    expect(JSON.parse((await run(['find', ...many, '--json'])).out)).toMatchObject({ leftOut: { ids: 5 } });
  });

  it('says that titles and counterparties cannot be searched where payloads are redacted', async () => {
    const { run } = await openLog();
    const text = await run(['find', 'Fabrikam', 'Ltd']);
    expect(text.out.replaceAll(/\s+/g, ' ')).toContain('`log.payloads: redacted` does not keep them');
    const json = await run(['find', 'Fabrikam Ltd', '--json']);
    expect(JSON.parse(json.out)).toMatchObject({
      found: false,
      reason: expect.stringContaining('Titles and counterparties cannot be searched'),
    });
  });

  it('prints one line per entry of the timeline, in order, and exits with 0', async () => {
    const { run } = await openLog();
    const { code, out, err } = await run(['find', 'T-481516']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(
      /^T-481516: Both webhooks arrived and were verified; your integration reported no\noutcome\.\n/,
    );
    expect(out).toContain('\n2 events, 3 deliveries, 1 API call\n');
    const text = out.replaceAll(/\s+/g, ' ');
    const order = ['happened in SpotDraft', dlv('1'), 'call_1234567', dlv('2'), dlv('3')].map((each) =>
      text.indexOf(each),
    );
    expect(order.every((place) => place > 0)).toBe(true);
    expect(order).toEqual([...order].sort((left, right) => left - right));
    expect(out).not.toContain('\u001b');
  });

  it('lists ids that share the prefix without their control characters', async () => {
    const { run } = await openLog();
    const { code, out } = await run(['find', 'deal-1']);
    expect(code).toBe(0);
    expect(out).toMatch(/^deal-1: 2 ids begin with this: search for one of them\.\n/);
    expect(out).toContain('external  deal-122');
    expect(out).not.toContain('\u001b');
    const events = await run(['find', 'evt_000000']);
    expect(events.out).toMatch(/^evt_000000: 2 ids begin with this: search for one of them\.\n/);
    for (const id of [evt('a'), evt('b')]) expect(events.out).toContain(`event     ${id}`);
  });

  it('prints on standard output why nothing was found, and exits with 1', async () => {
    const { run } = await openLog();
    const [short, old, unknown] = await Promise.all([
      run(['find', 'evt_']),
      run(['find', '2019-01-01T00:00:00Z']),
      run(['find', 'deal-999']),
    ]);
    expect([short, old, unknown].map(({ code, err }) => ({ code, err }))).toEqual(
      [1, 1, 1].map((code) => ({ code, err: '' })),
    );
    const lines = [short, old, unknown].map(({ out }) => out.replaceAll(/\s+/g, ' '));
    expect(lines[0]).toContain('too short');
    expect(lines[1]).toContain('older than the log keeps');
    expect(lines[2]).toContain('never received');
  });

  it('requires an id', async () => {
    const { run } = await openCliWorld();
    expect((await run(['find'])).code).toBe(64);
  });
});
