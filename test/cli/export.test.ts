import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openEventLogWriter, type PreparedDelivery } from '../../src/store/event-log.ts';
import { pack } from '../../src/store/packed-json.ts';
import type { ReportedCall } from '../../src/store/reported.ts';
import { plainCall } from '../event-log.ts';
import { type CliWorld, openCliWorld, repo } from './program.ts';

const at = Date.UTC(2026, 8, 17, 9);
const iso = (ms: number) => new Date(ms).toISOString();
const evt = (number: number) => `evt_${String(number).padStart(26, '0')}`;
const dlv = (number: number) => `dlv_${String(number).padStart(26, '0')}`;

interface Sent {
  /** null: the delivery was refused. */
  event: number | null;
  receivedAt: number;
  environment?: string;
  payload?: Buffer;
  raw?: boolean;
  requestId?: string;
}

const delivered = (number: number, environment: string): PreparedDelivery => ({
  id: dlv(number),
  environment,
  receivedAt: 0,
  requestId: `request-${number}`,
  source: '192.0.2.1',
  rejection: null,
  signedWith: null,
  bytes: 2,
  event: {
    id: evt(number),
    activity: 'CONTRACT_EXECUTED',
    contractId: number,
    occurredAt: null,
    payload: null,
    payloadKind: null,
    unread: null,
    identifiers: [],
  },
});

const aCall: ReportedCall = { ...plainCall, path: '/api/v2.1/public/contracts/' };

/** A world whose log holds these deliveries, numbered from 1. */
async function openLog(deliveries: Sent[]): Promise<CliWorld> {
  const world = await openCliWorld({ delivered: false });
  expect((await world.run(['migrate'])).code).toBe(0);
  const writer = openEventLogWriter(`${world.folder}/envcheck.db`);
  const prepared = deliveries.map(
    ({ event, receivedAt, environment = 'prod', payload, raw, requestId }, index): PreparedDelivery => ({
      id: dlv(index + 1),
      environment,
      receivedAt,
      requestId: requestId ?? `request-${index + 1}`,
      source: '192.0.2.1',
      rejection: event === null ? 'bad_signature' : null,
      signedWith: null,
      bytes: 2,
      event:
        event === null
          ? null
          : {
              id: evt(event),
              activity: 'CONTRACT_EXECUTED',
              contractId: event,
              occurredAt: at - 1_000,
              payload: payload ?? null,
              payloadKind: payload ? (raw ? 'raw' : 'redacted') : null,
              unread: null,
              identifiers: [],
            },
    }),
  );
  writer.write(prepared);
  writer.close();
  return world;
}

const SINCE = ['--since', iso(at)];
const records = (out: string) =>
  out
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

describe('export', () => {
  it('writes a line per event with all its deliveries, and a line per refused delivery', async () => {
    const { run } = await openLog([
      { event: 1, receivedAt: at - 60_000, payload: pack({ contract_id: 1 }) },
      { event: 2, receivedAt: at, payload: Buffer.from('{ "contract_id": 2 }'), raw: true },
      { event: null, receivedAt: at + 1_000 },
      { event: 1, receivedAt: at + 2_000 },
      { event: 2, receivedAt: at + 3_000 },
      { event: 3, receivedAt: at + 4_000, environment: 'uat' },
      { event: 4, receivedAt: at + 60_000 },
    ]);
    const { code, out, err } = await run(['export', 'prod', ...SINCE, '--until', iso(at + 60_000)]);
    expect(code).toBe(0);
    const common = { environment: 'prod', activity: 'CONTRACT_EXECUTED', occurredAt: iso(at - 1_000) };
    const delivery = (number: number, receivedAt: number, duplicate: boolean) => ({
      id: dlv(number),
      receivedAt: iso(receivedAt),
      verified: true,
      requestId: `request-${number}`,
      source: '192.0.2.1',
      bytes: 2,
      duplicate,
    });
    expect(records(out)).toEqual([
      {
        kind: 'event',
        id: evt(2),
        ...common,
        contractId: 2,
        deliveries: [delivery(2, at, false), delivery(5, at + 3_000, true)],
        unread: null,
        payloadKind: 'raw',
        payload: { contract_id: 2 },
        payloadBase64: Buffer.from('{ "contract_id": 2 }').toString('base64'),
      },
      {
        kind: 'refused',
        environment: 'prod',
        id: dlv(3),
        receivedAt: iso(at + 1_000),
        verified: false,
        requestId: 'request-3',
        source: '192.0.2.1',
        bytes: 2,
        rejection: 'bad_signature',
        status: 401,
        signedWith: null,
        detail: null,
        activity: null,
        ids: [],
        alike: null,
        until: null,
      },
      {
        kind: 'event',
        id: evt(1),
        ...common,
        contractId: 1,
        deliveries: [delivery(1, at - 60_000, false), delivery(4, at + 2_000, true)],
        unread: null,
        payloadKind: 'redacted',
        payload: { contract_id: 1 },
      },
    ]);
    expect(err).toContain(
      `2 events, 4 deliveries, 1 refused, 1 payloads in full of prod (production) from ${iso(at)} to ${iso(at + 60_000)}\nTimes are UTC. Continue: npm run -s envcheck -- export prod --what events --format ndjson --since ${iso(at)}\nIt repeats the last minute`,
    );
  });

  it('writes a CSV row per delivery of the period, without formulas', async () => {
    const { run } = await openLog([
      { event: 1, receivedAt: at - 60_000 },
      { event: 1, receivedAt: at + 1_000, requestId: '=1+1' },
      { event: null, receivedAt: at + 2_000, requestId: '+a,"b"' },
    ]);
    const { code, out, err } = await run(['export', 'prod', ...SINCE, '--format', 'csv']);
    expect(code).toBe(0);
    expect(out.split('\r\n')).toEqual([
      'deliveryId,receivedAt,environment,verified,rejection,duplicate,requestId,source,bytes,eventId,activity,contractId,occurredAt,unread,signedWith,detail,alike,until',
      `${dlv(2)},${iso(at + 1_000)},prod,true,,true,'=1+1,192.0.2.1,2,${evt(1)},CONTRACT_EXECUTED,1,${iso(at - 1_000)},,,,,`,
      `${dlv(3)},${iso(at + 2_000)},prod,false,bad_signature,false,"'+a,""b""",192.0.2.1,2,,,,,,,,,`,
      '',
    ]);
    expect(err).toMatch(/^1 deliveries, 1 refused of prod/);
  });

  it('exports each delivery once in the order of arrival, across many pages', async () => {
    const total = 3_456;
    const sent = Array.from({ length: total }, (_, index) => ({
      event: index % 7 === 0 ? null : index % 1_500,
      // Many share a millisecond, and they were not written in the order of arrival.
      receivedAt: at + ((index * 7_919) % 40),
    }));
    const { run } = await openLog(sent);
    const [csv, ndjson] = await Promise.all([
      run(['export', 'prod', ...SINCE, '--format', 'csv']),
      run(['export', 'prod', ...SINCE]),
    ]);
    const rows = csv.out
      .split('\r\n')
      .slice(1, -1)
      .map((line) => line.split(','));
    expect(rows.map(([id]) => id).toSorted()).toEqual(sent.map((_, index) => dlv(index + 1)));
    const times = rows.map(([, time]) => time);
    expect(times).toEqual(times.toSorted());

    const all = records(ndjson.out);
    const inEvents = all.flatMap(({ deliveries = [] }) => deliveries.map(({ id }: { id: string }) => id));
    const refused = all.filter(({ kind }) => kind === 'refused').map(({ id }) => id);
    expect([...inEvents, ...refused].toSorted()).toEqual(sent.map((_, index) => dlv(index + 1)));
    const events = new Set(sent.flatMap(({ event }) => (event === null ? [] : [evt(event)])));
    expect(
      all
        .filter(({ kind }) => kind === 'event')
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual([...events].toSorted());
  });

  it("writes the integration's calls and outcomes, but none of our own calls", async () => {
    const { run, folder } = await openLog([]);
    const database = new BetterSqlite3(join(folder, 'envcheck.db'));
    const call = database.prepare(
      'insert into api_calls (call_id, environment, at, method, path, status, attempts, duration_ms, reporter, own_id, contract_id) values (?, ?, ?, ?, ?, 200, 2, 31, ?, ?, 7)',
    );
    for (let index = 0; index < 1_200; index += 1)
      call.run(`call_${index}`, 'prod', at + (index % 3), 'GET', '@path', 'integration', `own-${index}`);
    call.run('call_ours', 'prod', at, 'GET', '/ours', 'envcheck', null);
    call.run('call_uat', 'uat', at, 'GET', '/uat', 'integration', 'own-uat');
    database
      .prepare(
        "insert into outcomes (id, own_id, environment, at, status, attempt, code) values ('out_1', 'o1', 'prod', ?, 'failed', 3, '-E1')",
      )
      .run(at);
    database.close();
    const calls = await run(['export', 'prod', ...SINCE, '--what', 'calls']);
    const ids = records(calls.out).map(({ callId }) => callId);
    expect(new Set(ids).size).toBe(1_200);
    expect(ids).toHaveLength(1_200);
    expect(ids).not.toContain('call_ours');
    expect(records(calls.out)[0]).toMatchObject({
      at: iso(at),
      path: '@path',
      durationMs: 31,
      contractId: 7,
    });
    expect(calls.err).toMatch(/^1200 calls of prod/);
    const outcomes = await run(['export', 'prod', ...SINCE, '--what', 'outcomes', '--format', 'csv']);
    expect(outcomes.out.split('\r\n').slice(1)).toEqual([`out_1,${iso(at)},prod,failed,3,,,,,,'-E1,,o1`, '']);
  });

  it('continues with each row once, whatever the clock was when it was stored', async () => {
    const now = Date.now();
    const day = 86_400_000;
    const world = await openLog([{ event: 1, receivedAt: now }]);
    const exported = async (args: string[]) => {
      const { code, out, err } = await world.run(['export', 'prod', ...args]);
      expect(code).toBe(0);
      const ids = records(out).flatMap(
        ({ id, deliveryId, callId, outcomeId }) => deliveryId ?? callId ?? outcomeId ?? id,
      );
      return { ids, err, next: ['--after', /--after (\S+)/.exec(err)?.[1] ?? ''] };
    };
    let { ids, next, err } = await exported(['--since', '1h']);
    expect(ids).toEqual([evt(1)]);
    const writer = openEventLogWriter(`${world.folder}/envcheck.db`);
    const add = (number: number, receivedAt: number, environment = 'prod') =>
      writer.write([{ ...delivered(number, environment), receivedAt }]);
    const offsets = [-600_000, 0, 3_600_000, -3_600_000, day, -day, 100 * day, -100 * day, 1];
    for (const [index, offset] of offsets.entries()) {
      add(index + 2, now + offset);
      add(index + 102, now, 'uat');
      ({ ids, next } = await exported(next));
      expect(ids).toEqual([evt(index + 2)]);
    }
    expect((await exported(next)).ids).toEqual([]);
    // A row that is dated ahead is in the export of its period, not between two.
    expect((await exported(['--since', '1m'])).ids).toContain(evt(offsets.indexOf(100 * day) + 2));
    // What the integration reports has a time of its own.
    let calls = await exported(['--what', 'calls', '--since', '1h']);
    for (const [index, offset] of offsets.entries()) {
      writer.reported.calls(
        [{ ...aCall, call_id: `call_${index}`, own_id: `${index}`, at: now + offset }],
        now + offset,
      );
      calls = await exported(['--what', 'calls', ...calls.next]);
      expect(calls.ids).toEqual([`call_${index}`]);
    }
    // The number of a row that was removed may be given again.
    const sqlite = new BetterSqlite3(`${world.folder}/envcheck.db`);
    sqlite.exec('delete from deliveries where key > 18');
    sqlite.close();
    add(50, now);
    ({ ids, err } = await exported(next));
    expect(ids).toContain(evt(50));
    expect(err).toContain('is no longer kept, so this one has all that is');
    writer.close();
    for (const args of [['--after', 'x'], ['--after', '1', '--since', '1h'], []])
      expect((await world.run(['export', 'prod', ...args])).code).toBe(64);
  });

  it('writes a file that only its owner can read, and replaces a file only with --force', async () => {
    const { run, folder } = await openLog([{ event: 1, receivedAt: at }]);
    const out = join(folder, 'events.ndjson');
    const first = await run(['export', 'prod', ...SINCE, '--out', out]);
    expect(first).toMatchObject({ code: 0, out: '' });
    expect(first.err).toMatch(/^1 events, 1 deliveries.*events\.ndjson, \d+ bytes\n/);
    expect(statSync(out).mode & 0o777).toBe(0o600);
    expect(records(readFileSync(out, 'utf8'))).toHaveLength(1);
    writeFileSync(out, 'mine');
    const again = await run(['export', 'prod', ...SINCE, '--out', out]);
    expect(again).toMatchObject({
      code: 64,
      err: expect.stringContaining('exists; --force replaces it'),
    });
    expect(readFileSync(out, 'utf8')).toBe('mine');
    const database = join(folder, 'envcheck.db');
    expect(await run(['export', 'prod', ...SINCE, '--out', database, '--force'])).toMatchObject({
      code: 64,
      err: expect.stringContaining('is the database itself'),
    });
    expect((await run(['export', 'prod', ...SINCE, '--out', out, '--force'])).code).toBe(0);
    expect(records(readFileSync(out, 'utf8'))).toHaveLength(1);
  });

  it('leaves no file behind when it cannot write all of it', async () => {
    const { run, folder } = await openLog([{ event: 1, receivedAt: at }]);
    const missing = await run(['export', 'prod', ...SINCE, '--out', join(folder, 'no', 'such.csv')]);
    expect(missing).toMatchObject({ code: 64, err: expect.stringContaining('cannot be written') });
    const out = join(folder, 'events.ndjson');
    const database = new BetterSqlite3(join(folder, 'envcheck.db'));
    database.exec("update events set payload = x'00', payload_kind = 'redacted'");
    database.close();
    expect((await run(['export', 'prod', ...SINCE, '--out', out])).code).toBe(2);
    expect([existsSync(out), existsSync(`${out}.part`)]).toEqual([false, false]);
  });

  it('ends quietly when its reader closes the pipe', async () => {
    const { env, folder } = await openLog(
      Array.from({ length: 5_000 }, (_, index) => ({ event: index, receivedAt: at + index })),
    );
    const piped = spawnSync(
      'bash',
      [
        '--norc',
        '-c',
        `"$0" "$1" export prod --since ${iso(at)} | head -c 10; echo " ended with ${'$'}{PIPESTATUS[0]}"`,
        process.execPath,
        join(repo, 'src/cli.ts'),
      ],
      { env: { ...env, PATH: process.env.PATH }, cwd: folder, encoding: 'utf8' },
    );
    expect([piped.stdout, piped.stderr]).toEqual(['{"kind":"e ended with 2\n', '']);
  });

  it('refuses an invalid time and a period that ends before it begins', async () => {
    const { run } = await openLog([]);
    expect(await run(['export', 'prod', '--since', 'soon'])).toMatchObject({
      code: 64,
      err: expect.stringContaining('--since “soon” is not a time'),
    });
    expect(await run(['export', 'prod', ...SINCE, '--until', '2026-13-01'])).toMatchObject({
      code: 64,
      err: expect.stringContaining('--until “2026-13-01” is not a time: there is no month 13: 01 to 12'),
    });
    expect(await run(['export', 'prod', ...SINCE, '--until', iso(at)])).toMatchObject({
      code: 64,
      err: expect.stringContaining('is not before --until'),
    });
    expect((await run(['export', 'prod'])).code).toBe(64);
    expect((await run(['export', 'prod', ...SINCE, '--format', 'xml'])).code).toBe(64);
  });

  it('succeeds with an empty export when the period has no events', async () => {
    const { run } = await openLog([]);
    expect((await run(['export', 'prod', '--since', '2020-01-01'])).err).toMatch(
      /\nRows before \d{4}-\S+Z are no longer kept \(log\.keep\)\.\n$/,
    );
    expect(await run(['export', 'prod', ...SINCE])).toMatchObject({
      code: 0,
      out: '',
      err: expect.stringMatching(/^0 events of prod/),
    });
  });
});
