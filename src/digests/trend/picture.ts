import { Worker } from 'node:worker_threads';
import type { Trend } from './trend.ts';

const TIME_LIMIT_MS = 20_000;

/**
 * The picture as PNG. It is drawn in a thread of its own that ends with it: what draws is large, is needed rarely, and would
 * stay in memory; and drawing takes longer than a receiver may be kept waiting. Rejects where it cannot be drawn.
 */
export async function drawTrend(trend: Trend): Promise<Buffer> {
  const worker = new Worker(new URL('./draw-worker.ts', import.meta.url), { workerData: trend });
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const timer = setTimeout(
    () => reject(new Error(`not drawn within ${TIME_LIMIT_MS / 1_000} s`)),
    TIME_LIMIT_MS,
  );
  worker.once('message', resolve);
  worker.once('error', reject);
  worker.once('exit', (code) => reject(new Error(`the thread that draws ended with ${code}`)));
  try {
    return Buffer.from(await promise);
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
