import { afterAll, expect, test } from 'vitest';
import { signOffProduction } from '../../../sandbox/browser/sign-off.ts';
import { repairEverything, switches } from '../../../sandbox/browser/switches.ts';
import { closeBrowser, nextReport, openWindow, type SandboxWindow } from './window.ts';

afterAll(closeBrowser);

/** Moves the clock by more than a minute, so that no earlier report is shown again, and asks for a report. */
async function check(window: SandboxWindow, before: number): Promise<string> {
  window.sandbox.clock.advance(61_000);
  await window.write('/envcheck prod --private');
  return (await nextReport(window, before)).innerText();
}

/** Switches that change the configuration, to which a sign-off is bound. */
const voiding = new Set([
  'missing-template',
  'renamed-contract-type',
  'renamed-field',
  'changed-option',
  'unpublished-workflow',
  'user-outside-role',
  'inactive-user',
]);

// Each switch starts from a ready production, so that its check fails among passing ones.
test.concurrent.for(
  switches.map(({ id, title, check: failing }) => ({ title, failing, voids: voiding.has(id) })),
)(
  '“$title” fails $failing, and its repair makes production ready again',
  { timeout: 90_000 },
  async ({ title, failing, voids }, context) => {
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
    // The repair does not restore a sign-off that the changed configuration has voided.
    const repaired = await check(window, 1);
    if (voids) {
      expect(repaired).toMatch(/❌ prod \(production\): not ready\s+1 failed[\s\S]*sign-offs\.runbook/);
      expect(repaired).toContain('void: ');
      await signOffProduction(window.sandbox, window.sandbox.clock.now());
      await window.write('/envcheck prod --private');
    }
    expect(await (await nextReport(window, voids ? 2 : 1)).innerText()).toMatch(
      /✅ prod \(production\): ready/,
    );
  },
);
