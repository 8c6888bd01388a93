import { afterAll, expect, test } from 'vitest';
import { repairEverything } from '../../../sandbox/browser/switches.ts';
import { additionalMistakes } from '../../../sandbox/spotdraft/mistakes.ts';
import { ALICE, BOB, closeBrowser, GENERAL, openWindow, type SandboxWindow } from './window.ts';

afterAll(closeBrowser);

async function compare(window: SandboxWindow) {
  await repairEverything(window.sandbox);
  additionalMistakes.renamedField.introduce(window.sandbox.world.prod);
  // Bob's sign-off form may still be open in the page and would receive the typed text, so wait for the update.
  await window.page.getByRole('switch', { name: 'A renamed field', exact: true, checked: true }).waitFor();
  await window.write('/envcheck diff uat prod');
  const message = await window.message('Compare again');
  expect(await message.innerText()).toMatch(/1 difference: 1 breaking/);
  return message;
}

test('only an operator can accept a difference from its message, with a reason', async (context) => {
  const window = await openWindow(context);
  const { page } = window;
  await window.show({ as: ALICE, at: GENERAL });
  const compared = await compare(window);
  await compared.getByText('Accept…').click();
  await compared.getByRole('button', { name: /intakeFields\/purpose/ }).click();
  await page.getByText('@operators').first().waitFor();
  expect(await page.getByRole('button', { name: 'Accept', exact: true }).count()).toBe(0);

  await window.show({ as: BOB, at: GENERAL });
  const message = await window.message('Compare again');
  await message.getByText('Accept…').click();
  await message.getByRole('button', { name: /intakeFields\/purpose/ }).click();
  const form = page.getByRole('dialog', { name: 'Accept a difference' });
  await form.waitFor();
  await form.getByRole('button', { name: 'Accept' }).click();
  expect(await form.isVisible(), 'a reason is required').toBe(true);
  await form.getByLabel('Why is this acceptable?').fill('The integration reads both names since release 4.');
  await form.getByRole('button', { name: 'Accept' }).click();
  await form.waitFor({ state: 'hidden' });
  await window.write('/envcheck diff uat prod');
  await window.message(/the same except for what is accepted/);
  await window.write('/envcheck waivers');
  await window.message('The integration reads both names since release 4.');
});

test('the history shows its picture, with alternative text', async (context) => {
  const window = await openWindow(context);
  await window.write('/envcheck prod');
  await window.message('Re-check');
  await window.write('/envcheck history prod');
  const picture = window.messages.getByRole('img', { name: /prod \(production\)/ });
  await picture.waitFor({ timeout: 60_000 });
  // The alternative text is there even when the picture is broken, so decode the picture.
  const width =
    "document.querySelector('.picture img').decode().then(() => document.querySelector('.picture img').naturalWidth)";
  expect(await window.page.evaluate<number>(width)).toBeGreaterThan(300);
});
