import { Resvg } from '@resvg/resvg-js';
import { describe, expect, it } from 'vitest';
import { HEIGHT, WIDTH } from '../../../src/digests/trend/chart.ts';
import { drawPng } from '../../../src/digests/trend/draw.ts';
import {
  type Trend,
  type TrendDay,
  trendDays,
  trendStart,
  trendText,
} from '../../../src/digests/trend/trend.ts';
import { drawTrend } from '../../../src/digests/trend/trends.ts';

const NOW = Date.parse('2026-11-24T15:00:00Z');
const DAY = 86_400_000;
const dayOf = (index: number): string => new Date(trendStart(NOW) + index * DAY).toISOString().slice(0, 10);

const trend = (day: Partial<TrendDay>): Trend => ({
  label: 'prod (production)',
  pair: 'uat → prod (production)',
  days: Array.from({ length: 30 }, (_, index) => ({
    day: dayOf(index),
    verdict: 'ready' as const,
    open: { breaking: 2, risky: 1, cosmetic: 3, notCompared: 0 },
    ...(index === 12 ? day : {}),
  })),
});

const drawn = (day: Partial<TrendDay>): Buffer => Buffer.from(drawPng(trend(day)));

/** Pixels of a PNG, 4 bytes each, decoded by the library that drew it. */
function pixelsOf(png: Buffer): { width: number; height: number; pixels: Buffer } {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}"><image width="${WIDTH}" height="${HEIGHT}" href="data:image/png;base64,${png.toString('base64')}"/></svg>`;
  const { width, height, pixels } = new Resvg(svg).render();
  return { width, height, pixels: Buffer.from(pixels) };
}

/** Share of pixels that differ. */
function difference(left: Buffer, right: Buffer): number {
  const [one, other] = [pixelsOf(left).pixels, pixelsOf(right).pixels];
  let count = 0;
  for (let at = 0; at < one.length; at += 4) if (one.readUInt32LE(at) !== other.readUInt32LE(at)) count += 1;
  return count / (WIDTH * HEIGHT);
}

describe('the picture', () => {
  it('is an opaque PNG of the stated size with readable text, drawn in a thread of its own', async () => {
    const png = await drawTrend(trend({}));
    expect(png.equals(drawn({}))).toBe(true);
    expect(png.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([WIDTH, HEIGHT]);
    const { pixels } = pixelsOf(png);
    for (let at = 3; at < pixels.length; at += 4) if (pixels[at] !== 255) expect(pixels[at]).toBe(255);
    // Without the packaged font there would be bars and no text.
    const dark = (x: number, y: number) => (pixels[(y * WIDTH + x) * 4] ?? 255) < 100;
    let ink = 0;
    for (let y = 20; y < 56; y += 1) for (let x = 30; x < 620; x += 1) if (dark(x, y)) ink += 1;
    expect(ink).toBeGreaterThan(1_000);
  });

  it('differs when a verdict or a count differs, and is the same for the same trend', () => {
    const one = drawn({});
    const same = drawn({});
    const verdict = drawn({ verdict: 'not_ready' });
    const count = drawn({ open: { breaking: 1, risky: 2, cosmetic: 3, notCompared: 0 } });
    expect(difference(one, same)).toBe(0);
    expect(difference(one, verdict)).toBeGreaterThan(0.001);
    expect(difference(one, count)).toBeGreaterThan(0.001);
  });

  it('shows a day without a reading differently from zero, ready and unknown', () => {
    const none = { breaking: 0, risky: 0, cosmetic: 0, notCompared: 0 };
    const zero = drawn({ open: none });
    const notCompared = drawn({ open: null });
    const ready = drawn({ verdict: 'ready' });
    const unclear = drawn({ verdict: 'unknown' });
    const notChecked = drawn({ verdict: null });
    // The column of a day is 30 of 1,200 pixels wide and a third of the height.
    expect(difference(zero, notCompared)).toBeGreaterThan(0.005);
    for (const other of [ready, unclear]) expect(difference(notChecked, other)).toBeGreaterThan(0.001);
  });

  it('rejects a trend that cannot be drawn', async () => {
    await expect(drawTrend({} as Trend)).rejects.toThrow();
  });
});

describe('the days of a trend', () => {
  it('are thirty without gaps, each with its last reading or null', () => {
    const at = (index: number, hours: number) => trendStart(NOW) + index * DAY + hours * 3_600_000;
    const open = (breaking: number) => ({ breaking, risky: 0, cosmetic: 0 });
    const days = trendDays(
      NOW,
      [
        { at: at(0, 0), verdict: 'not_ready' },
        { at: at(3, 2), verdict: 'ready' },
        { at: at(3, 23.9), verdict: 'unknown' },
      ],
      [
        { at: at(27, 1), open: open(0), notCompared: 2 },
        { at: at(28, 1), open: open(3), notCompared: 1 },
        { at: at(29, 1), open: open(4), notCompared: 0 },
        { at: at(29, 2), open: open(0), notCompared: 0 },
      ],
    );
    expect(days).toHaveLength(30);
    expect(days[0]).toEqual({ day: '2026-10-26', verdict: 'not_ready', open: null });
    expect(days[1]).toEqual({ day: '2026-10-27', verdict: null, open: null });
    expect(days[3]?.verdict).toBe('unknown');
    expect(days[29]).toEqual({ day: '2026-11-24', verdict: null, open: { ...open(0), notCompared: 0 } });
    // Zero differences are unknown when paths could not be compared.
    expect(days[27]?.open).toBeNull();
    expect(days[28]?.open).toEqual({ ...open(3), notCompared: 1 });
    expect(trendText({ label: 'prod', pair: 'a → b', days })).toContain(
      'partly compared on 1; not compared on 28.',
    );
  });

  it('are summed up as text, unknown days included', () => {
    const text = trendText(trend({ verdict: null, open: null }));
    expect(text).toBe(
      'prod (production), 2026-10-26 to 2026-11-24. Of 30 days: ready on 29, not ready on 0, unknown on 0, not checked on 1. Open differences uat → prod (production): 6 on 2026-11-24 (2 breaking, 1 risky, 3 cosmetic); 6 on 2026-10-26; the most 6 on 2026-10-26; not compared on 1.',
    );
    const never = trend({});
    for (const day of never.days) day.open = null;
    expect(trendText(never)).toContain('not compared in this period');
    expect(trendText({ ...never, pair: null })).not.toContain('Open differences');
    expect(text.length).toBeLessThan(1_000);
  });
});
