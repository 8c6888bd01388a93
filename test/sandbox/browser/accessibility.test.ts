import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { afterAll, expect, test } from 'vitest';
import { closeBrowser, openWindow, type SandboxWindow } from './window.ts';

afterAll(closeBrowser);

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What is serious or worse, with the elements. */
async function problems({ page }: SandboxWindow): Promise<string[]> {
  await page.evaluate(axe);
  const results = await page.evaluate<AxeResults>('axe.run()');
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

test.for(['light', 'dark'] as const)(
  'axe finds nothing serious in %s mode, wide and narrow',
  { timeout: 60_000 },
  async (colorScheme, context) => {
    const window = await openWindow(context, { colorScheme });
    const { page } = window;
    expect(await problems(window)).toEqual([]);
    await window.write('/envcheck prod');
    await window.message(/not ready/);
    await window.write('/envcheck webhooks prod');
    await window.message(/Webhooks of prod/);
    for (const group of await page.locator('details.group > summary').all()) await group.click();
    expect(await problems(window)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 800 });
    for (const side of ['tour', 'slack', 'spotdraft']) {
      await window.show({ side });
      expect(await problems(window), side).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    }
  },
);
