import { describe, expect, it } from 'vitest';
import { long } from '../long.ts';
import { memoryTrend, postedTwice, repeated } from './judge.ts';
import { createRandom } from './random.ts';
import { soak } from './soak.ts';

const MINUTE_MS = 60_000;
/** Growth of the memory over the last 20 minutes, as a share of its median. V8 keeps pages that it has used once. */
const FLAT = 0.15;

if (long)
  it('30 minutes of load, outages, kills and clock steps lose no acknowledged delivery, post nothing twice, and need no more memory', {
    timeout: 45 * MINUTE_MS,
  }, async () => {
    const result = await soak({
      seed: Number(process.env.ENVCHECK_TEST_SEED),
      durationMs: 30 * MINUTE_MS,
      perSecond: 200,
      commandsPerMinute: 20,
      kills: 3,
      clockSteps: 12,
      report: (line) => console.log(line),
    });
    expect(result).toMatchObject({
      lost: [],
      notFound: [],
      wronglyAcknowledged: 0,
      integrity: [{ integrity_check: 'ok' }],
      postedTwice: [],
      reportedTwice: [],
      waiting: [],
      refused: [],
      kills: 3,
      clockSteps: 12,
    });
    // Far fewer mean that the load did not arrive, and nothing was tested.
    expect(result.acknowledged).toBeGreaterThan(30 * 60 * 200 * 0.5);
    expect(result.reported).toBeGreaterThan(10);
    expect(result.memory.growth).toBeLessThan(FLAT);
  });

describe('the judge of the soak', () => {
  const MB = 1024 * 1024;
  /** A sample each 5 s over 20 minutes. */
  const samples = (bytesAt: (index: number) => number) =>
    Array.from({ length: 240 }, (_, index) => ({ at: index * 5_000, bytes: bytesAt(index) }));

  it('calls memory flat that goes up and down, and memory growing that gains a quarter between collections', () => {
    const random = createRandom(7);
    const saw = (index: number) => (200 + (index % 12) * 3 + random.between(0, 5)) * MB;
    expect(Math.abs(memoryTrend(samples(saw)).growth)).toBeLessThan(0.02);
    const leak = memoryTrend(samples((index) => saw(index) + (index / 240) * 50 * MB));
    expect(leak.growth).toBeGreaterThan(FLAT);
    const shrinking = memoryTrend(samples((index) => saw(index) - (index / 240) * 50 * MB));
    expect(shrinking.growth).toBeLessThan(0);
    const oneSpike = memoryTrend(samples((index) => (index === 200 ? 900 * MB : saw(index))));
    expect(Math.abs(oneSpike.growth)).toBeLessThan(0.02);
  });

  it('names each message that stands in Slack twice, and no edit or answer', () => {
    const entry = (kind: 'post' | 'update' | 'ephemeral', id: string | null) => ({
      kind,
      message: {
        metadata: id === null ? null : { event_type: 'envcheck_outbox', event_payload: { id } },
      } as never,
    });
    const once = [entry('post', 'a'), entry('update', 'a'), entry('post', null), entry('post', null)];
    expect(postedTwice(once)).toEqual([]);
    expect(postedTwice([...once, entry('post', 'b'), entry('post', 'a'), entry('post', 'a')])).toEqual(['a']);
    expect(repeated(['x', 'y', 'x', 'z', 'y', 'x'])).toEqual(['x', 'y']);
  });

  it('draws the same numbers from the same seed, and others from another', () => {
    const draw = (seed: number) => {
      const random = createRandom(seed);
      return Array.from({ length: 100 }, () => random.between(0, 10));
    };
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    expect(draw(1).every((value) => value >= 0 && value < 10)).toBe(true);
    expect(new Set(draw(1)).size).toBeGreaterThan(90);
  });
});
