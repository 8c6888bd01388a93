import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

/** Addresses of all files that a new process loads for this file of `src`. */
async function loadedBy(file: string): Promise<string[]> {
  const script = `
    import { registerHooks } from 'node:module';
    const urls = [];
    registerHooks({ load(url, context, next) { urls.push(url); return next(url, context); } });
    await import(${JSON.stringify(new URL(`../../../src/${file}`, import.meta.url).href)});
    console.log(JSON.stringify(urls));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  return JSON.parse(stdout);
}

/** The files that the writer thread imports besides its own file, which only runs as a thread. */
const writer = ['store/event-log.ts', 'events/log/prepare-delivery.ts'];

it.each(writer)(
  '%s loads neither query builder nor schema library, so the first delivery waits little',
  async (file) => {
    const packages = (await loadedBy(file)).filter((url) =>
      /node_modules\/(kysely|zod|fastify|undici)\//.test(url),
    );
    expect(packages).toEqual([]);
  },
);

it('the picture of a trend loads its chart library as one file', async () => {
  const files = (await loadedBy('digests/trend/draw.ts')).filter((url) =>
    url.includes('node_modules/echarts'),
  );
  expect(files).toHaveLength(1);
});
