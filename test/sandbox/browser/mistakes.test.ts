import { afterAll, expect, test } from 'vitest';
import { repairEverything, switches } from '../../../src/sandbox/browser/switches.ts';
import { closeBrowser, nextReport, openWindow, type SandboxWindow } from './window.ts';

afterAll(closeBrowser);

/** Puts the clock on, so that no report of the last minute answers; then asks. */
async function check(window: SandboxWindow, before: number): Promise<string> {
  window.sandbox.clock.moveOn(61_000);
  await window.write('/envcheck prod --private');
  return (await nextReport(window, before)).innerText();
}

// Each by itself: what it breaks must be seen among checks that pass.
test.for(switches.map(({ title, check: failing }) => ({ title, failing })))(
  '“$title” shows on the page ($failing), and after its repair production is ready again',
  { timeout: 90_000 },
  async ({ title, failing }, context) => {
    const window = await openWindow(context);
    await repairEverything(window.sandbox);
    const control = window.page.getByRole('switch', { name: title, exact: true });
    const settled = async (checked: boolean) => {
      await window.page.getByRole('switch', { name: title, exact: true, checked }).waitFor();
      await window.page.getByRole('status').filter({ hasText: /^$/ }).waitFor({ state: 'attached' });
    };

    await control.click();
    await settled(true);
    const broken = await check(window, 0);
    if (failing === null) expect(broken).toMatch(/✅ prod \(production\): ready/);
    else {
      expect(broken).toMatch(/(❌|❔) prod \(production\): (not ready|could not tell)/);
      expect(broken).toContain(failing);
    }

    await control.click();
    await settled(false);
    expect(await check(window, 1)).toMatch(/✅ prod \(production\): ready/);
  },
);
