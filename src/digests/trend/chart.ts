import type { EChartsCoreOption } from 'echarts/core';
import type { Verdict } from '../../readiness/report.ts';
import { verdictLabels } from '../../readiness/status-text.ts';
import type { Weight } from '../../workspace/diff/difference.ts';
import { weightOrder } from '../../workspace/diff/difference-text.ts';
import { type Trend, type TrendDay, totalOf } from './trend.ts';

/** Pixels. Wide enough to read on a phone, where Slack shows the picture at a third of its size. */
export const WIDTH = 1_200;
export const HEIGHT = 640;
export const FONT = 'DejaVu Sans';

const INK = '#1f2328';
const FAINT = '#59636e';
const LINE = '#d1d9e0';

/** Each colour has a sign, and an entry in the legend with its word: colour alone carries no meaning. */
const verdictLooks: Record<Verdict, { color: string; sign: string }> = {
  ready: { color: '#1a7f37', sign: '✓' },
  not_ready: { color: '#b3202c', sign: '✗' },
  unknown: { color: '#9a6700', sign: '?' },
};
/** The colours differ in lightness too, for readers who cannot tell hues apart. */
const weightColors: Record<Weight, string> = { breaking: '#8c1d18', risky: '#e08a1e', cosmetic: '#a9c1d9' };

/** A day without a reading: hatched over the whole height, unlike any count or verdict. */
const notKnown = {
  color: '#eceff2',
  decal: { color: '#b4bcc4', dashArrayX: [1, 0], dashArrayY: [3, 7], rotation: -Math.PI / 4, symbol: 'rect' },
};

/** Width up to the legend beside it. */
const HEADING = 560;
const LEFT = 90;
const RIGHT = 40;
const STRIP = { top: 134, height: 52 };
const BARS = { top: 306, height: 238 };

/** The echarts option of the picture: a strip of verdicts above, open differences by weight below. */
export function chartOption({ label, pair, days }: Trend): EChartsCoreOption {
  const names = days.map(({ day }) => day);
  const highest = Math.max(1, ...days.map(({ open }) => (open ? totalOf(open) : 0)));
  return {
    animation: false,
    backgroundColor: '#ffffff',
    textStyle: { fontFamily: FONT, color: INK },
    title: [
      heading(`${label}: the last ${days.length} days`, 22, 30, WIDTH - 80),
      heading('Readiness', 84, 22, HEADING),
      heading('Open differences', 236, 22, HEADING),
      small(pair ?? 'in no configured pair', 264),
      note(names),
    ],
    graphic: [...verdictLegend(84), ...weightLegend(236), border()],
    grid: [
      { left: LEFT, right: RIGHT, ...STRIP },
      { left: LEFT, right: RIGHT, ...BARS },
    ],
    xAxis: [
      { type: 'category', data: names, gridIndex: 0, show: false },
      {
        type: 'category',
        data: names,
        gridIndex: 1,
        axisTick: { show: false },
        axisLine: { lineStyle: { color: INK } },
        axisLabel: {
          color: FAINT,
          fontSize: 17,
          interval: (index: number) => (names.length - 1 - index) % 7 === 0,
          formatter: dayText,
        },
      },
    ],
    yAxis: [
      { type: 'value', gridIndex: 0, show: false, max: 1 },
      {
        type: 'value',
        gridIndex: 1,
        max: Math.ceil(highest * 1.15),
        minInterval: 1,
        splitNumber: 4,
        axisLabel: { color: FAINT, fontSize: 17, showMaxLabel: false },
        splitLine: { lineStyle: { color: LINE }, showMaxLine: false },
      },
    ],
    series: [stripSeries(days), ...barSeries(days, Math.ceil(highest * 1.15))],
  };
}

const heading = (text: string, top: number, fontSize: number, width: number) => ({
  text,
  top,
  left: 36,
  padding: 0,
  textStyle: {
    fontFamily: FONT,
    fontSize,
    fontWeight: 'bold',
    color: INK,
    width,
    overflow: 'truncate',
  },
});

const note = (names: readonly string[]) =>
  small(
    `${names[0]} to ${names.at(-1)}, UTC. Last reading of each day. Hatched: unknown, nothing was read. 5+: at least five, a part was not read.`,
    HEIGHT - 42,
  );

const small = (content: string, top: number) => ({
  text: content,
  left: 36,
  top,
  padding: 0,
  textStyle: { fontFamily: FONT, fontSize: 16, fontWeight: 'normal', color: FAINT },
});

/** Marks the edge of the picture on a light page. */
const border = () => ({
  type: 'rect',
  shape: { x: 1, y: 1, width: WIDTH - 2, height: HEIGHT - 2 },
  style: { fill: 'none', stroke: LINE, lineWidth: 2 },
  silent: true,
});

function stripSeries(days: readonly TrendDay[]) {
  return {
    type: 'bar',
    xAxisIndex: 0,
    yAxisIndex: 0,
    barCategoryGap: '8%',
    data: days.map(({ verdict }) => ({
      value: 1,
      itemStyle: verdict === null ? notKnown : { color: verdictLooks[verdict].color },
      label: {
        show: verdict !== null,
        position: 'inside',
        formatter: verdict === null ? '' : verdictLooks[verdict].sign,
        color: '#ffffff',
        fontSize: 22,
        fontWeight: 'bold',
        fontFamily: FONT,
      },
    })),
  };
}

function barSeries(days: readonly TrendDay[], top: number) {
  const base = { type: 'bar', xAxisIndex: 1, yAxisIndex: 1, barCategoryGap: '18%' };
  const weights = weightOrder.map((weight) => ({
    ...base,
    stack: 'open',
    itemStyle: { color: weightColors[weight] },
    data: days.map(({ open }) => (open ? open[weight] : null)),
  }));
  // A bar of height zero above each stack carries the sum: 0 on a day without differences, nothing on a day without a reading.
  const sums = {
    ...base,
    stack: 'open',
    data: days.map(({ open }) => ({
      value: open ? 0 : null,
      label: {
        show: open !== null,
        position: 'top',
        formatter: open ? `${totalOf(open)}${open.notCompared > 0 ? '+' : ''}` : '',
        color: INK,
        fontSize: 16,
        fontFamily: FONT,
      },
    })),
  };
  const unknown = {
    ...base,
    barGap: '-100%',
    data: days.map(({ open }) => ({ value: open ? null : top, itemStyle: notKnown })),
  };
  return [...weights, sums, unknown];
}

const verdictLegend = (y: number) =>
  legend(y, [
    ...(Object.keys(verdictLooks) as Verdict[]).map((verdict) => ({
      color: verdictLooks[verdict].color,
      sign: verdictLooks[verdict].sign,
      label: verdictLabels[verdict].word,
    })),
    { color: notKnown.color, sign: '╱', label: 'not checked' },
  ]);

const weightLegend = (y: number) =>
  legend(y, [
    ...weightOrder.map((weight) => ({ color: weightColors[weight], sign: '', label: weight })),
    { color: notKnown.color, sign: '╱', label: 'not compared' },
  ]);

const LEGEND_FONT = 17;
const LEGEND_GAP = 26;

/** Laid out from the right edge to the left, because the labels have different widths. */
function legend(y: number, entries: { color: string; sign: string; label: string }[]) {
  let right = WIDTH - RIGHT;
  return entries.toReversed().flatMap(({ color, sign, label }) => {
    const width = 32 + label.length * 9.8;
    right -= width;
    const x = right;
    right -= LEGEND_GAP;
    return [
      {
        type: 'rect',
        shape: { x, y: y - 1, width: 24, height: 24 },
        style: { fill: color, stroke: FAINT, lineWidth: 1 },
      },
      text(sign, x + 12, y + 11, { fill: sign === '╱' ? FAINT : '#ffffff', align: 'center' }),
      text(label, x + 32, y + 11, { fill: INK, align: 'left' }),
    ];
  });
}

const text = (content: string, x: number, y: number, style: { fill: string; align: 'left' | 'center' }) => ({
  type: 'text',
  x,
  y,
  style: { text: content, fontSize: LEGEND_FONT, fontFamily: FONT, verticalAlign: 'middle', ...style },
});

/** 24 Nov */
function dayText(day: string): string {
  return new Date(`${day}T00:00:00Z`).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    timeZone: 'UTC',
  });
}
