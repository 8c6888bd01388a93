import { afterAll, expect, test } from 'vitest';
import { repairMistakes } from '../../../sandbox/browser/switches.ts';
import { ALICE, BOB, closeBrowser, GENERAL, nextReport, openWindow, type SandboxWindow } from './window.ts';

afterAll(closeBrowser);

async function openForm(window: SandboxWindow, user: string) {
  await window.show({ as: user, at: GENERAL });
  const checklists = window.messages.locator(':scope > li').filter({ hasText: 'Read again' });
  const before = await checklists.count();
  await window.write('/envcheck checklist prod');
  const checklist = checklists.nth(before);
  await checklist.waitFor({ timeout: 60_000 });
  expect(await checklist.innerText()).toMatch(
    /Go-live checklist for prod \(production\): not ready[\s\S]*0 of 1 signed off/,
  );
  await checklist.getByRole('button', { name: 'Sign off' }).click();
  const form = window.page.getByRole('dialog', { name: 'Sign off' });
  await form.waitFor();
  return { checklist, form };
}

test('only an operator can sign off the last item, and a changed configuration voids it', {
  timeout: 90_000,
}, async (context) => {
  const window = await openWindow(context);
  const { page, sandbox } = window;
  await repairMistakes(sandbox);
  const shown = await openForm(window, ALICE);
  await shown.form.getByText('@operators').waitFor({ timeout: 60_000 });
  expect(await shown.form.getByRole('button', { name: 'Save' }).count()).toBe(0);
  await page.keyboard.press('Escape');
  await shown.form.waitFor({ state: 'hidden' });
  expect(await shown.checklist.innerText()).toContain('0 of 1 signed off');

  const { checklist, form } = await openForm(window, BOB);
  await form.getByLabel('Note').fill('Both shifts, on Monday');
  await form.getByRole('button', { name: 'Save' }).click();
  await form.getByText(/✅ bob signed/).waitFor({ timeout: 60_000 });
  await form.getByRole('button', { name: 'Close' }).last().click();
  await form.waitFor({ state: 'hidden' });
  expect(await checklist.innerText()).toMatch(
    /Go-live checklist for prod \(production\): ready[\s\S]*1 of 1 signed off[\s\S]*“Both shifts, on Monday”/,
  );
  const button = checklist.getByRole('button', { name: 'Open' });
  expect((await button.boundingBox())?.height, 'the label fits on one line').toBeLessThan(45);
  await window.write('/envcheck prod');
  expect(await (await nextReport(window, 0)).innerText()).toMatch(/✅ prod \(production\): ready/);

  await page.getByRole('switch', { name: 'A renamed field', exact: true }).click();
  await page.getByRole('switch', { name: 'A renamed field', exact: true, checked: true }).waitFor();
  sandbox.clock.advance(61_000);
  await window.write('/envcheck checklist prod');
  const after = await window.message(/void: .*reason_for_nda.* after/);
  expect(await after.innerText()).toContain('0 of 1 signed off');
});
