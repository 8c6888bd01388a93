import { afterAll, expect, test } from 'vitest';
import { repairEverything, repairMistakes } from '../../../sandbox/browser/switches.ts';
import { additionalMistakes } from '../../../sandbox/spotdraft/additional-mistakes.ts';
import { ALICE, BOB, closeBrowser, GENERAL, nextReport, openWindow, type SandboxWindow } from './window.ts';

afterAll(closeBrowser);

test('the tour leads from a production that is not ready to the morning report after an incident', async (context) => {
  const window = await openWindow(context);
  const { page, sandbox } = window;
  const step = (name: string) => page.getByRole('button', { name, exact: true });
  const current = page.locator('[aria-current=step] h3');

  expect(await current.innerText()).toContain('Check');
  await step('Type /envcheck prod').click();
  const first = await nextReport(window, 0);
  expect(await first.innerText()).toMatch(/❌ prod \(production\): not ready\s+9 failed, 1 unknown/);

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
    /1 difference: 1 breaking[\s\S]*purposes/,
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

test('a refusing CRM and refused credentials are found by the record and the request that the page names', async (context) => {
  const window = await openWindow(context);
  const { page, sandbox } = window;
  await window.show({ as: ALICE, at: GENERAL });
  await repairEverything(sandbox);
  for (const [name, named, answer] of [
    ['The CRM refuses', /to the record (\S+) of the CRM/, /CRM_REFUSED/],
    ['Credentials refused', /with 401 \(request (\S+)\)/, /was answered 401/],
  ] as const) {
    await page.getByRole('switch', { name, exact: true }).click();
    await page.getByRole('switch', { name, exact: true, checked: true }).waitFor();
    await expect.poll(() => sandbox.notes.join('\n')).toMatch(named);
    const [, id] = named.exec(sandbox.notes.join('\n')) ?? [];
    await window.write(`/envcheck find ${id}`);
    await window.message(answer);
  }
});

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
  const after = await window.message(/void: .*purposes.* after/);
  expect(await after.innerText()).toContain('0 of 1 signed off');
});

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
    /2 environments: 1 not ready, 1 not checked yet[\s\S]*❌ prod \(production\): not ready · 9 failed, 1 unknown/,
  );
  await home.getByRole('button', { name: 'Checklist: prod (production)' }).click();

  await window.show({ at: 'dm' });
  const checklist = await window.message('Read again');
  expect(await checklist.innerText()).toMatch(/Go-live checklist for prod \(production\): not ready/);
});

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
  expect(await thread.innerText()).toContain('purposes');
});
