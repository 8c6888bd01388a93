import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { linesOf, MAX_LINE_BYTES } from '../../../src/events/intake/lines.ts';
import { createLineReader, type LineKind } from '../../../src/events/intake/read-line.ts';
import { containsAddress, redactedPath } from '../../../src/events/intake/redacted-path.ts';
import fc from '../../fast-check.ts';
import { call, outcome } from './start-intake.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

const NOW = Date.now();
const reader = (kind: LineKind | null, payloads: 'none' | 'redacted' | 'full' = 'redacted') => {
  const read = createLineReader(kind, {
    environment: 'prod',
    payloads,
    keepMs: 90 * 86_400_000,
    clock: { now: () => NOW },
  });
  return (text: string) => read({ number: 1, bytes: Buffer.from(text) });
};
const reasonOf = (read: ReturnType<ReturnType<typeof reader>>): string | null =>
  read.kind === 'refused' ? read.reason : null;

describe('reading a line', () => {
  it('an activity in another case is the one that SpotDraft names, and any other stays refused', () => {
    const read = reader('outcomes');
    for (const activity of ['contract_executed', 'Contract-Executed', 'contractExecuted'])
      expect(read(outcome('a', { activity }))).toMatchObject({ row: { activity: 'CONTRACT_EXECUTED' } });
    expect(reasonOf(read(outcome('a', { activity: 'contract_archived' })))).toMatch(/^activity is/);
  });

  it('the fields of a line tell its kind, even when one is misspelled', () => {
    const read = reader(null);
    expect(read(call('a')).kind).toBe('calls');
    expect(read(outcome('a')).kind).toBe('outcomes');
    expect(reasonOf(read(call('a', { method: undefined, metod: 'GET' })))).toMatch(/did you mean method\?/);
    expect(reasonOf(read(outcome('a', { eventId: undefined, event_id: 'E' })))).toMatch(
      /did you mean eventId\?/,
    );
    expect(reasonOf(read(outcome('a', { status: 'procesed' })))).toMatch(
      /^status is “procesed”; it must be one of processed, failed, skipped, retrying$/,
    );
    expect(reasonOf(read('{"id":"a"}'))).toMatch(/is neither a call \(method and path\) nor an outcome/);
  });

  it('a line is refused for all of its mistakes at once', () => {
    const reason = reasonOf(
      reader('calls')(
        '{"id":"","at":7,"method":"FETCH","path":"contracts","status":"200","code":"a b","x":1}',
      ),
    );
    expect(reason?.split('. Also ').map((each) => each.split(' ').slice(0, 2).join(' '))).toEqual([
      'id is',
      'at is',
      'method is',
      'path is',
      'status is',
      'code is',
      'there is',
    ]);
    expect(reason).toContain('method is “FETCH”; it must be one of GET, POST');
    expect(reason).toContain('path is text of 9 characters');
  });

  it('a time needs a zone and lies between the start of log.keep and one hour ahead', () => {
    const read = reader('calls');
    const taken = (at: string) => read(call('a', { at })).kind === 'calls';
    const iso = (ms: number) => new Date(NOW + ms).toISOString();
    const day = iso(-86_400_000).slice(0, 10);
    for (const at of [
      `${day}T10:00:00Z`,
      `${day}T10:00:00.123456Z`,
      `${day}T10:00:00+05:30`,
      `${day}T10:00:00.5+0530`,
      iso(3_600_000),
      iso(-90 * 86_400_000),
    ])
      expect({ at, taken: taken(at) }).toEqual({ at, taken: true });
    for (const at of [
      `${day}T10:00:00`,
      `${day}T10:00Z`,
      `${day} 10:00:00Z`,
      day,
      `${day.slice(0, 4)}-02-30T10:00:00Z`,
      iso(3_600_001),
      iso(-90 * 86_400_000 - 1),
      String(NOW),
    ])
      expect({ at, taken: taken(at) }).toEqual({ at, taken: false });
  });

  it('a contract id is a number, text or a composite id', () => {
    const read = reader('calls');
    for (const contractId of [123, '123', 'T-123', 'H-123', 't-123']) {
      const line = read(call('a', { contractId }));
      expect({ contractId, as: line.kind === 'calls' && line.row.contract_id }).toEqual({
        contractId,
        as: 123,
      });
    }
    for (const contractId of [0, -1, 1.5, '1e3', 'X-1', 'T-', '', [1], true, 2 ** 53])
      expect(reasonOf(read(call('a', { contractId })))).toMatch(/^contractId .*the number of a contract/);
  });

  it('a host is the one of a complete URL in the path, in any spelling', () => {
    const read = reader('calls');
    const url = 'https://api.us.spotdraft.com/api/v2.1/public/contracts/';
    for (const [host, path, stored] of [
      ['api.us.spotdraft.com', url, 'api.us.spotdraft.com'],
      ['API.us.spotdraft.com:443', url.replace('com/', 'com:443/'), 'api.us.spotdraft.com'],
      ['api.us.spotdraft.com', url.replace('com/', 'com./'), 'api.us.spotdraft.com'],
      ['127.0.0.1:8080', 'http://127.0.0.1:8080/x', 'http://127.0.0.1:8080'],
      ['proxy.example:80', 'http://PROXY.example/x', 'http://proxy.example'],
      [null, url, 'api.us.spotdraft.com'],
      ['api.eu.spotdraft.com', '/api/v2.1/public/', 'api.eu.spotdraft.com'],
    ]) {
      const line = read(call('a', { host, path }));
      expect({ host, path, stored: line.kind === 'calls' && line.row.host }).toEqual({ host, path, stored });
    }
    for (const [host, path] of [
      ['api.us.spotdraft.com', url.replace('.us.', '.eu.')],
      ['api.us.spotdraft.com:8443', url],
      ['us.spotdraft.com', url],
      ['api.us.spotdraft.com', 'https://api.us.spotdraft.com@evil.example/x'],
      ['api.us.spotdraft.com', 'http://api.us.spotdraft.com:443/x'],
    ])
      expect(reasonOf(read(call('a', { host, path })))).toMatch(
        /^host differs from the host of the URL in path; /,
      );
    expect(reasonOf(read(call('a', { host: 'x', path: url, status: 'ok' })))).toMatch(
      /^status .*\. Also host differs/,
    );
  });

  it('an id that looks like an e-mail address is refused unless log.payloads is full', () => {
    for (const id of ['jane@example.com', 'order-7-jane%40example.com', '<x@y>'])
      for (const field of ['id', 'requestId', 'externalId']) {
        const line = call('a', { [field]: id });
        expect(reasonOf(reader('calls')(line))).toMatch(new RegExp(`^${field} contains an e-mail address`));
        expect(reader('calls', 'full')(line).kind).toBe('calls');
      }
  });

  it('the longest ids and paths are validated without delay, whatever their content', () => {
    const read = reader('calls');
    const started = process.cpuUsage();
    for (const filler of ['x', '%25', '%', '@', 'x '])
      for (let index = 0; index < 100; index += 1) {
        read(call('a', { path: `/${filler.repeat(1_900 / filler.length)}` }));
        read(call(filler.repeat(190 / filler.length), { at: filler.repeat(10_000), code: filler }));
      }
    // Processor time, so that other work on the machine does not count.
    const { user, system } = process.cpuUsage(started);
    expect((user + system) / 1_000).toBeLessThan(1_000);
  });

  it('any text is read or refused and never breaks the reader', () => {
    const read = reader(null);
    const strict = ['calls', 'outcomes'].map((kind) => reader(kind as LineKind));
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.string({ unit: 'binary' }),
          fc.json().map((text) => `{"id":${text},"status":${text},"at":${text},"contractId":${text}}`),
        ),
        (text) => {
          for (const each of [read, ...strict])
            expect(['calls', 'outcomes', 'refused']).toContain(each(text).kind);
        },
      ),
    );
    expect(read('{"__proto__":{"id":"a"},"constructor":1,"method":"GET","path":"/"}').kind).toBe('refused');
    expect(read(`${'['.repeat(30_000)}${']'.repeat(30_000)}`).kind).toBe('refused');
  });
});

describe('call paths', () => {
  const kept: [path: string, redacted: string][] = [
    ['/contracts/4711/', '/contracts/4711/'],
    ['https://api.us.spotdraft.com/api/v2.1/public/contracts/?page=2', '/api/v2.1/public/contracts/?page=2'],
    ['https://api.us.spotdraft.com', '/'],
    ['https://jane:pw@api.us.spotdraft.com/x#frag', '/x'],
    ['/x?', '/x'],
    [
      '/contracts/?limit=100&contract_type_id=7&query=Jane%20Roe',
      '/contracts/?limit=100&contract_type_id=7&query=*',
    ],
    [
      '/x?filter__created_at[$gte]=2026-01-01&filter__contract_id%5B%24in%5D=1,T-2',
      '/x?filter__created_at[$gte]=2026-01-01&filter__contract_id[$in]=1,T-2',
    ],
    ['/x?page=Jane&limit=4155550100123456&include_archived=true', '/x?page=*&limit=*&include_archived=true'],
    ['/x?user_email=jane@example.com&user_name=Jane', '/x?user_email=*&user_name=*'],
    ['/x?jane@example.com=1&bare&%zz=%zz', '/x?*&*&*'],
    ['/users/jane@example.com/roles', '/users/*/roles'],
    ['/users/jane%40example.com', '/users/*'],
    ['/users/jane%2540example.com', '/users/*'],
  ];
  it('a stored path has no host and no query values that may be personal', () => {
    for (const [path, redacted] of kept)
      expect({ path, kept: redactedPath(path, 'redacted') }).toEqual({ path, kept: redacted });
  });

  it('log.payloads: full keeps the whole path except parameters named like secrets', () => {
    expect(
      redactedPath('https://h/users/jane@example.com?query=Jane&access_token=abc&client-secret=x#y', 'full'),
    ).toBe('/users/jane@example.com?query=Jane&access_token=*&client-secret=*');
  });

  it('a stored path never contains an e-mail address', () => {
    const part = fc.constantFrom(
      'jane',
      '@',
      '%40',
      '%2540',
      '/',
      '?',
      '&',
      '=',
      'example.com',
      'page',
      '1',
      '#',
      '%',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const pieces = redactedPath(`/${parts.join('')}`, 'redacted').split(/[?&=/]/);
        expect(pieces.filter(containsAddress)).toEqual([]);
      }),
    );
  });
});

describe('splitting lines', () => {
  async function split(chunks: Buffer[]): Promise<(string | null)[]> {
    const found: (string | null)[] = [];
    for await (const { bytes, number } of linesOf(chunks)) {
      expect(number).toBe(found.length + 1);
      found.push(bytes && Buffer.from(bytes).toString());
    }
    return found;
  }
  const cut = (text: string, size: number): Buffer[] =>
    Array.from({ length: Math.ceil(text.length / size) }, (_, index) =>
      Buffer.from(text.slice(index * size, (index + 1) * size)),
    );

  it('lines are the same however the bytes are split', async () => {
    const text = 'one\n\ntwo\r\nthree';
    for (const size of [1, 2, 3, 5, 100])
      expect(await split(cut(text, size))).toEqual(['one', '', 'two\r', 'three']);
    expect(await split(cut('one\n', 3))).toEqual(['one']);
    expect(await split([])).toEqual([]);
  });

  it('a line that is too long is dropped, and the next one is read', async () => {
    const longest = 'x'.repeat(MAX_LINE_BYTES);
    expect(await split(cut(`${longest}\n${longest}y\nshort`, 10_000))).toEqual([longest, null, 'short']);
    expect(reasonOf(createLineReaderFor(null))).toBe('is longer than 64 KiB');
  });

  it('an endless line is not held in memory', async () => {
    const chunks: WeakRef<ArrayBuffer>[] = [];
    const held: number[] = [];
    async function* endless() {
      for (let megabytes = 1; megabytes <= 100; megabytes += 1) {
        if (megabytes % 25 === 0) {
          // A WeakRef keeps its target until the end of the turn.
          await setImmediate();
          collectGarbage();
          held.push(chunks.filter((chunk) => chunk.deref() !== undefined).length);
        }
        const bytes = Buffer.alloc(1024 * 1024, 'x');
        chunks.push(new WeakRef(bytes.buffer));
        yield bytes;
      }
    }
    for await (const line of linesOf(endless())) expect(line).toEqual({ number: 1, bytes: null });
    expect(held).toHaveLength(4);
    expect(Math.max(...held)).toBeLessThanOrEqual(2);
  });

  const createLineReaderFor = (bytes: null) =>
    createLineReader(null, {
      environment: 'prod',
      payloads: 'redacted',
      keepMs: 1,
      clock: { now: () => NOW },
    })({ number: 1, bytes });
});
