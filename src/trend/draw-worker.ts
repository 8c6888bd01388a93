import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { Resvg } from '@resvg/resvg-js';
import { BarChart } from 'echarts/charts';
import { AriaComponent, GraphicComponent, GridComponent, TitleComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { chartOf, FONT, HEIGHT, WIDTH } from './chart.ts';
import type { Trend } from './trend.ts';

use([BarChart, GridComponent, TitleComponent, GraphicComponent, AriaComponent, SVGRenderer]);

const { resolve } = createRequire(import.meta.url);

/** PNG bytes. */
function draw(trend: Trend): Uint8Array {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: HEIGHT });
  chart.setOption(chartOf(trend));
  const svg = chart.renderToSVGString();
  chart.dispose();
  // A slim container has no fonts of its own.
  const font = {
    loadSystemFonts: false,
    fontFiles: ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map((file) =>
      resolve(`dejavu-fonts-ttf/ttf/${file}`),
    ),
    defaultFontFamily: FONT,
    sansSerifFamily: FONT,
  };
  return new Resvg(svg, { font, background: '#ffffff' }).render().asPng();
}

parentPort?.postMessage(draw(workerData as Trend));
