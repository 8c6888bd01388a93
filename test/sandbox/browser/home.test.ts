import { afterAll, expect, test } from 'vitest';
import { closeBrowser, GENERAL, nextReport, openWindow } from './window.ts';

afterAll(closeBrowser);

test('Home shows every environment, and its buttons answer in the direct messages', async (context) => {
  const window = await openWindow(context);
  const { page } = window;
  await window.show({ at: GENERAL });
  await window.write('/envcheck prod');
  await nextReport(window, 0);

  await window.show({ at: 'home' });
  await page.getByRole('heading', { name: 'Environments' }).waitFor({ timeout: 60_000 });
  const home = page.getByRole('region', { name: 'App Home' });
  expect(await home.innerText()).toMatch(
    /2 environments: 1 not ready, 1 not checked yet[\s\S]*❌ prod \(production\): not ready · 11 failed/,
  );
  await home.getByRole('button', { name: 'Checklist: prod (production)' }).click();

  await window.show({ at: 'dm' });
  const checklist = await window.message('Read again');
  expect(await checklist.innerText()).toMatch(/Go-live checklist for prod \(production\): not ready/);
});
