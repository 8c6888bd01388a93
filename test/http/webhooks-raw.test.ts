import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { activity, type Receiver, signed, startReceiver } from '../events/log/start-receiver.ts';

interface Line {
  write(text: string | Buffer): void;
  /** Half-closes the connection. */
  end(): void;
  /** Resets the connection, as when the sender's machine dies. */
  reset(): void;
  /** Everything received until the server closes, or within `withinMs`. */
  answer(withinMs?: number): Promise<{ text: string; statuses: number[]; closed: boolean }>;
  /** Resolves when `count` answers have arrived. */
  answers(count: number): Promise<number[]>;
}

/** Opens a plain socket. */
async function dial(url: string): Promise<Line> {
  const { port } = new URL(url);
  const socket = connect({ port: Number(port), host: '127.0.0.1' });
  onTestFinished(() => void socket.destroy());
  let [text, closed] = ['', false];
  socket.on('data', (chunk) => {
    text += chunk;
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    closed = true;
  });
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  const statuses = (): number[] =>
    [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]));
  const until = async (done: () => boolean, withinMs: number): Promise<void> => {
    const end = performance.now() + withinMs;
    while (!done() && performance.now() < end) await sleep(10);
  };
  return {
    write: (data) => void socket.write(data),
    end: () => void socket.end(),
    reset: () => void socket.resetAndDestroy(),
    async answer(withinMs = 2_000) {
      await until(() => closed, withinMs);
      return { text, statuses: statuses(), closed };
    },
    async answers(count) {
      await until(() => statuses().length >= count || closed, 5_000);
      return statuses();
    },
  };
}

interface Written {
  signature?: string;
  headers?: string[];
  /** Content-Length; default: the body's. null: no such header. */
  length?: string | null;
}

function head({ world }: Receiver, body: string, { signature, headers = [], length }: Written = {}): string {
  return [
    'POST /webhooks/prod HTTP/1.1',
    'Host: envcheck.example',
    'Content-Type: application/json',
    `X-SD-WEBHOOK-CONTENT-HASH: ${signature ?? signed(world.prod.hmacKey, body)}`,
    ...(length === null ? [] : [`Content-Length: ${length ?? Buffer.byteLength(body)}`]),
    ...headers,
    '',
    '',
  ].join('\r\n');
}

const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;

describe('raw connections', () => {
  let receiver: Receiver;
  const open = async (): Promise<Line> => {
    receiver = await startReceiver();
    return dial(receiver.url);
  };

  /** Expects the next delivery to be stored. */
  const worksStill = async (): Promise<void> => {
    const { status, json } = await receiver.deliver(activity(999_999));
    expect({ status, duplicate: json.duplicate }).toEqual({ status: 200, duplicate: false });
    expect((await fetch(`${receiver.url}/healthz`)).status).toBe(200);
  };

  it('a connection that ends or breaks in the middle of a body stores nothing', async () => {
    const line = await open();
    const body = activity(1);
    line.write(head(receiver, body) + body.slice(0, 40));
    line.end();
    expect((await line.answer()).statuses.filter((status) => status < 400)).toEqual([]);
    const broken = await dial(receiver.url);
    broken.write(head(receiver, body) + body.slice(0, -1));
    await sleep(50);
    broken.reset();
    await sleep(50);
    expect(receiver.count('deliveries')).toBe(0);
    await worksStill();
  });

  it('a sender that leaves before its answer spoils no delivery in the same commit', async () => {
    await open();
    const neighbours: Promise<{ status: number }>[] = [];
    for (let contract = 1; contract <= 40; contract += 1) {
      const body = activity(1_000 + contract);
      const line = await dial(receiver.url);
      line.write(head(receiver, body) + body);
      setImmediate(() => line.reset());
      neighbours.push(receiver.deliver(activity(contract)));
    }
    const statuses = (await Promise.all(neighbours)).map(({ status }) => status);
    expect(statuses).toEqual(statuses.map(() => 200));
    expect(receiver.logged.filter((line) => JSON.parse(line).level > 40)).toEqual([]);
    await worksStill();
  });

  it('a body sent in chunks or byte by byte is stored', async () => {
    const line = await open();
    const body = activity(1);
    const parts = [body.slice(0, 1), body.slice(1, 50), body.slice(50)];
    line.write(head(receiver, body, { length: null, headers: ['Transfer-Encoding: chunked'] }));
    for (const part of parts) {
      line.write(chunk(part));
      await sleep(10);
    }
    line.write('0\r\n\r\n');
    expect(await line.answers(1)).toEqual([200]);
    const slow = activity(2);
    for (const byte of head(receiver, slow) + slow) {
      line.write(byte);
      await sleep(0);
    }
    expect(await line.answers(2)).toEqual([200, 200]);
    expect(receiver.rows('select contract_id from events order by key')).toEqual([
      { contract_id: 1 },
      { contract_id: 2 },
    ]);
    await worksStill();
  });

  it('an endless chunked body gets 413 at 1 MiB', async () => {
    const line = await open();
    line.write(head(receiver, '', { length: null, headers: ['Transfer-Encoding: chunked'] }));
    for (let sent = 0; sent < 20; sent += 1) {
      line.write(chunk('x'.repeat(64 * 1024)));
      await sleep(1);
    }
    expect((await line.answers(1))[0]).toBe(413);
    expect(receiver.count('deliveries where rejection is null')).toBe(0);
    await worksStill();
  });

  it('a stalled request delays no other sender', async () => {
    const line = await open();
    const body = activity(1);
    const stalled = await Promise.all(Array.from({ length: 50 }, () => dial(receiver.url)));
    line.write('POST /webhooks/prod HTTP/1.1\r\nHost: a\r\nX-SD');
    for (const each of stalled) each.write(head(receiver, body) + body.slice(0, 10));
    const started = performance.now();
    await worksStill();
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(receiver.count('deliveries')).toBe(1);
    stalled[0]?.write(body.slice(10));
    expect(await stalled[0]?.answers(1)).toEqual([200]);
  });

  it('a request with two signature headers gets 401, even when one is valid', async () => {
    const line = await open();
    const body = activity(1);
    const right = signed(receiver.world.prod.hmacKey, body);
    for (const [first, second] of [
      [right, 'a'.repeat(128)],
      ['a'.repeat(128), right],
      [right, right],
    ] as const)
      line.write(
        head(receiver, body, { signature: first, headers: [`x-sd-webhook-content-hash: ${second}`] }) + body,
      );
    expect(await line.answers(3)).toEqual([401, 401, 401]);
    expect(receiver.count('events')).toBe(0);
    await worksStill();
  });

  it('ten pipelined requests get ten answers in order', async () => {
    const line = await open();
    const requests = Array.from({ length: 10 }, (_, index) => {
      const body = activity(index + 1);
      return head(receiver, body, index === 4 ? { signature: 'b'.repeat(128) } : {}) + body;
    });
    line.write(requests.join(''));
    expect(await line.answers(10)).toEqual([200, 200, 200, 200, 401, 200, 200, 200, 200, 200]);
    expect(receiver.count('events')).toBe(9);
    await worksStill();
  });

  it('a sender that keeps its connection gets all of 450 deliveries taken over it', async () => {
    const line = await open();
    for (let sent = 0; sent < 450; sent += 50) {
      const bodies = Array.from({ length: 50 }, (_, index) => activity(sent + index + 1));
      line.write(bodies.map((body) => head(receiver, body) + body).join(''));
      expect(await line.answers(sent + 50)).toEqual(Array(sent + 50).fill(200));
    }
    expect(receiver.count('events')).toBe(450);
    await worksStill();
  });

  it('a request with two lengths, or a length and chunks, gets 400, so none can hide in another', async () => {
    const line = await open();
    const body = activity(1);
    line.write(head(receiver, body, { headers: ['Content-Length: 3'] }) + body);
    expect(await line.answer()).toMatchObject({ statuses: [400], closed: true });
    const both = await dial(receiver.url);
    both.write(head(receiver, body, { headers: ['Transfer-Encoding: chunked'] }) + chunk(body));
    expect(await both.answer()).toMatchObject({ statuses: [400], closed: true });
    const negative = await dial(receiver.url);
    negative.write(head(receiver, body, { length: '-1' }) + body);
    expect(await negative.answer()).toMatchObject({ statuses: [400], closed: true });
    expect(receiver.count('deliveries')).toBe(0);
    await worksStill();
  });

  it('a request that announces more than 1 MiB gets 413 before it sends the body', async () => {
    const line = await open();
    line.write(head(receiver, '', { length: String(1024 * 1024 * 1024) }));
    expect(await line.answers(1)).toEqual([413]);
    await worksStill();
  });

  it('Expect: 100-continue is answered 100 and then 200', async () => {
    const line = await open();
    const body = activity(1);
    line.write(head(receiver, body, { headers: ['Expect: 100-continue'] }));
    expect(await line.answers(1)).toEqual([100]);
    line.write(body);
    expect(await line.answers(2)).toEqual([100, 200]);
  });

  it('garbage gets a client error or a closed connection, and the server continues', async () => {
    await open();
    const garbage: (string | Buffer)[] = [
      'hello\r\n\r\n',
      '\u0000\u0001\u0002\u0003',
      Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc]),
      'POST /webhooks/prod HTTP/9.9\r\n\r\n',
      'POST /webhooks/prod HTTP/1.1\r\nHost: a\r\nBad Header : x\r\n\r\n',
      `POST /webhooks/prod HTTP/1.1\r\nHost: a\r\nX-Long: ${'x'.repeat(64 * 1024)}\r\n\r\n`,
      'POST /webhooks/prod HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
    ];
    for (const bytes of garbage) {
      const line = await dial(receiver.url);
      line.write(bytes);
      line.end();
      const { statuses, closed } = await line.answer();
      const what = bytes.toString().slice(0, 40);
      expect({ what, closed, wrong: statuses.filter((status) => status < 400 || status >= 500) }).toEqual({
        what,
        closed: true,
        wrong: [],
      });
    }
    for (const path of [
      '/webhooks/%',
      '/webhooks/%00',
      '/webhooks/..%2fprod',
      '/webhooks/',
      `/webhooks/${'p'.repeat(5_000)}`,
    ]) {
      const line = await dial(receiver.url);
      line.write(`POST ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      const { statuses } = await line.answer();
      expect({ path: path.slice(0, 40), known: [400, 404, 414].includes(statuses[0] ?? 0) }).toEqual({
        path: path.slice(0, 40),
        known: true,
      });
    }
    expect(receiver.count('deliveries')).toBe(0);
    await worksStill();
  });
});
