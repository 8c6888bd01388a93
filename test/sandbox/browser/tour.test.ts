import { afterAll, expect, test } from 'vitest';
import { BOB, closeBrowser, nextReport, openWindow } from './window.ts';

afterAll(closeBrowser);

test('the tour leads from a production that is not ready to the morning report after an incident', async (context) => {
  const window = await openWindow(context);
  const { page, sandbox } = window;
  const step = (name: string) => page.getByRole('button', { name, exact: true });
  const current = page.locator('[aria-current=step] h3');

  expect(await current.innerText()).toContain('Check');
  await step('Type /envcheck prod').click();
  const first = await nextReport(window, 0);
  expect(await first.innerText()).toMatch(/❌ prod \(production\): not ready\s+11 failed/);

  await step('Repair and re-check').click();
  await window.message('✅ prod (production): ready');
  await page.locator('[aria-current=step]', { hasText: 'Drift' }).waitFor();
  expect(await first.innerText()).toMatch(/not ready\s+1 failed[\s\S]*sign-offs\.runbook/);
  expect(await (await window.message('Go-live checklist')).innerText()).toMatch(
    /1 of 1 signed off[\s\S]*bob \(slack:U0BOB\)/,
  );
  expect(sandbox.world.slack.modals(BOB)).toEqual([]);
  expect(await page.getByRole('switch', { checked: true }).count()).toBe(0);

  await step('Rename it and compare').click();
  await page.getByRole('switch', { name: 'A renamed field', checked: true }).waitFor();
  await page.locator('[aria-current=step]', { hasText: 'Incident' }).waitFor();
  expect(await (await window.message('Compare again')).innerText()).toMatch(
    /1 difference: 1 breaking[\s\S]*reason_for_nda/,
  );

  await step('Send it and list the failed events').click();
  await window.message(/Only visible to you[\s\S]*signature/);

  const before = sandbox.clock.now();
  const posts = await window.messages.locator(':scope > li').count();
  await step('Go to the next morning').click();
  await page.locator('.step.last.current').waitFor();
  const local = new Intl.DateTimeFormat('en-US', { timeZone: 'America/New_York', timeStyle: 'short' });
  expect(sandbox.clock.now()).toBeGreaterThan(before);
  expect(local.format(sandbox.clock.now())).toBe('9:00 AM');
  expect(await page.locator('.step.last').innerText()).toContain('“Set it up” in README.md');
  const digest = window.messages.locator(':scope > li').nth(posts);
  await digest.waitFor({ timeout: 30_000 });
  expect(await digest.innerText()).toMatch(/morning/);
  expect(await digest.innerText()).toContain('prod (production)');
});
