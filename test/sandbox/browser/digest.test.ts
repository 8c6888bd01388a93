import { afterAll, expect, test } from 'vitest';
import { additionalMistakes } from '../../../sandbox/spotdraft/mistakes.ts';
import { closeBrowser, openWindow } from './window.ts';

afterAll(closeBrowser);

test('the morning report is posted at 9:00, with its details and picture in the thread', {
  timeout: 90_000,
}, async (context) => {
  const window = await openWindow(context);
  const { page, sandbox } = window;
  additionalMistakes.renamedField.introduce(sandbox.world.prod);
  await page.locator('#clock > summary').click();
  await page.getByRole('button', { name: /^To the next report: .*9:00 in New York/ }).click();
  const digest = await window.message(/morning/);
  const text = await digest.innerText();
  expect(text).toContain('prod (production)');
  expect(text).not.toContain('Only visible to you');

  await digest.getByRole('link', { name: /\d+ repl(y|ies)/ }).click({ timeout: 60_000 });
  const thread = page.getByRole('complementary', { name: 'Thread' });
  const picture = thread.getByRole('img', { name: /prod \(production\)/ }).first();
  await picture.waitFor({ timeout: 60_000 });
  // The alternative text is there even when the picture is broken, so decode the picture.
  const shown = "document.querySelector('aside .picture img')";
  const width = await page.evaluate<number>(`${shown}.decode().then(() => ${shown}.naturalWidth)`);
  expect(width).toBeGreaterThan(300);
  expect(await thread.innerText()).toContain('reason_for_nda');
});
