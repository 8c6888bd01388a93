import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { afterAll, expect, test } from 'vitest';
import { closeBrowser, openWindow, type SandboxWindow } from './window.ts';

afterAll(closeBrowser);

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Serious and critical violations in light and dark mode, with their elements. */
async function problems({ page }: SandboxWindow): Promise<string[]> {
  await page.evaluate(axe);
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const results = await page.evaluate<AxeResults>('axe.run()');
    const serious = results.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    found.push(
      ...serious.map(({ id, nodes }) => `${colorScheme} ${id}: ${nodes.map(({ html }) => html).join(' ')}`),
    );
  }
  return found;
}

test('axe finds no serious violation in light and dark mode, on a wide and a narrow screen', async (context) => {
  const window = await openWindow(context);
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
});

test('the keyboard alone can move the clock, make a mistake, repair it and check production', async (context) => {
  const window = await openWindow(context);
  const { page, sandbox } = window;
  const { keyboard } = page;
  const focused = () => page.locator(':focus');
  /** Presses Tab until a control with this text has the focus. */
  const tabTo = async (text: string) => {
    for (let presses = 0; presses < 120; presses += 1) {
      await keyboard.press('Tab');
      // Only controls: a scrollable region takes the focus too, and contains all the text in it.
      const reached = page.locator(':is(a, button, summary):focus').filter({ hasText: text });
      if ((await reached.count()) > 0) return;
    }
    throw new Error(`Tab does not reach “${text}”.`);
  };
  await keyboard.press('Tab');
  expect(await focused().textContent()).toBe('Skip to the message field');
  await tabTo('Clock');
  await keyboard.press('Enter');
  await tabTo('1 day');
  await keyboard.press('Enter');
  await page.getByText('1.0 d ahead').waitFor();
  expect(await focused().textContent()).toContain('Clock');

  await tabTo('A renamed field');
  await keyboard.press('Space');
  await page.getByRole('switch', { name: 'A renamed field', checked: true }).waitFor();
  expect(await focused().getAttribute('aria-checked')).toBe('true');
  await keyboard.press('Space');
  await page.getByRole('switch', { name: 'A renamed field', checked: false }).waitFor();
  expect(sandbox.notes.at(-1)).toContain('purposes');

  await page.reload();
  await keyboard.press('Tab');
  await keyboard.press('Enter');
  expect(await focused().getAttribute('id')).toBe('composer');
  await keyboard.type('/envcheck prod');
  await keyboard.press('Enter');
  await window.message('Re-check');
  expect(await focused().getAttribute('id')).toBe('composer');
});
