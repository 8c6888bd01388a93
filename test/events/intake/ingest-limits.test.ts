import { expect, it } from 'vitest';
import { ingestLines } from '../../../src/events/intake/ingest-lines.ts';
import { createLineReader, type LineKind } from '../../../src/events/intake/read-line.ts';
import type { Recorder } from '../../../src/events/log/recorder.ts';
import { runningClock } from '../../time/movable-clock.ts';
import { call, numbered } from './start-intake.ts';

const clock = runningClock();
const MIB = 1024 * 1024;

/** The result, and what was read in the longest turn of the event loop. */
async function ingest(
  text: string,
  limits = { refused: 1_000, lines: 100_000 },
  kind: LineKind | null = 'calls',
) {
  const stored: string[] = [];
  const run: Recorder['run'] = async (job) => {
    if (job.kind !== 'calls') return 0;
    await new Promise(setImmediate);
    stored.push(...job.rows.map(({ own_id: id }) => String(id)));
    return job.rows.length;
  };
  const readLine = createLineReader(kind, {
    environment: 'prod',
    payloads: 'none',
    keepMs: 86_400_000,
    clock,
  });
  let [lines, bytes, turns, mostLines, mostBytes] = [0, 0, 0, 0, 0];
  let isDone = false;
  const nextTurn = () => {
    turns += 1;
    [mostLines, mostBytes, lines, bytes] = [Math.max(mostLines, lines), Math.max(mostBytes, bytes), 0, 0];
    if (!isDone) setImmediate(nextTurn);
  };
  setImmediate(nextTurn);
  const result = await ingestLines([Buffer.from(text)], {
    recorder: { run },
    read: (line) => {
      lines += 1;
      bytes += line.bytes?.length ?? 0;
      return readLine(line);
    },
    clock,
    listed: 100,
    limits,
    onProgress: () => {},
  });
  isDone = true;
  nextTurn();
  return { ...result, stored, turns, mostLines, mostBytes };
}

it('a body of 5 MiB of {} lines is judged up to 1,000 refused ones, at most 250 in a turn of the event loop', async () => {
  const { refused, ...result } = await ingest('{}\n'.repeat((5 * MIB) / 3));
  expect(result).toMatchObject({ accepted: 0, refusedCount: 1_000, unreadFrom: 1_001, mostLines: 250 });
  expect(refused).toHaveLength(100);
  expect(result.turns).toBeGreaterThanOrEqual(4);
});

it.each([
  ['[]', 1_001],
  ['null', 1_001],
  ['x', 1_001],
  ['\n{"a":1}', 2_002],
])('lines of %j end in the same way', async (line, unreadFrom) => {
  expect(await ingest(`${line}\n`.repeat(5_000))).toMatchObject({ refusedCount: 1_000, unreadFrom });
});

it('valid lines before the limit are stored, and those after it are not read', async () => {
  const good = numbered(600, (index) => call(`good-${index}`));
  const text = [...good, ...Array(1_000).fill('{}'), '', ' ', call('late'), call('later')].join('\n');
  const result = await ingest(text);
  expect(result).toMatchObject({ accepted: 600, refusedCount: 1_000, unreadFrom: 1_603 });
  expect(result.stored).toEqual(numbered(600, (index) => `good-${index}`));
  // Blank lines after the last refused one are no rest.
  expect(await ingest(`${'{}\n'.repeat(1_000)}\n \n`)).toMatchObject({
    refusedCount: 1_000,
    unreadFrom: null,
  });
  const all = await ingest(text, { refused: Number.POSITIVE_INFINITY, lines: Number.POSITIVE_INFINITY });
  expect(all).toMatchObject({ accepted: 602, unreadFrom: null });
});

it('blank lines end at the limit of lines', async () => {
  const result = await ingest('\n'.repeat(2_500), { refused: 10, lines: 1_000 });
  expect(result).toMatchObject({ accepted: 0, refusedCount: 0, unreadFrom: 1_001 });
  expect(result.turns).toBeGreaterThanOrEqual(4);
});

it('a turn of the event loop reads at most two long lines', async () => {
  const long = numbered(80, (index) => call(index).padEnd(64 * 1024 - 1)).join('\n');
  const result = await ingest(long);
  expect(result).toMatchObject({ accepted: 80, unreadFrom: null });
  expect(result.mostLines).toBeLessThanOrEqual(2);
  expect(result.mostBytes).toBeLessThanOrEqual(128 * 1024);
  const tooLong = await ingest(`${'x'.repeat(65 * 1024)}\n`.repeat(70));
  expect(tooLong).toMatchObject({ refusedCount: 70, mostLines: 1 });
});

it('a line of thousands of unknown fields is refused in one short reason', async () => {
  const fields = Object.fromEntries(numbered(6_000, (index) => `f${index}`).map((name) => [name, 1]));
  const [line] = (await ingest(call('a', fields))).refused;
  expect(line?.reason).toContain('there are 5995 more unknown fields');
  expect(line?.reason.length).toBeLessThan(2_000);
  for (const kind of ['calls', 'outcomes', null] as const) {
    const text = JSON.stringify({ id: 1, status: 's'.repeat(30_000), ['k'.repeat(30_000)]: 1, retriess: 1 });
    const { refused } = await ingest(text, { refused: 10, lines: 10 }, kind);
    expect(refused[0]?.reason.length).toBeLessThan(2_000);
    if (kind === 'calls') expect(refused[0]?.reason).toContain('did you mean retries?');
  }
});
