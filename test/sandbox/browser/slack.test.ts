import { afterAll, expect, test } from 'vitest';
import { finishContract } from '../../../sandbox/browser/contracts.ts';
import { repairEverything } from '../../../sandbox/browser/switches.ts';
import { ALICE, BOB, closeBrowser, GENERAL, nextReport, shareSandbox } from './window.ts';

const openWindow = shareSandbox();
afterAll(closeBrowser);

const HELP = /checks whether a SpotDraft environment is ready/;

test('the keyboard alone can look up ids in a colleague’s message from its menu', async (context) => {
  const window = await openWindow(context);
  const contract = await finishContract(window.sandbox, 'uat');
  window.sandbox.world.slack.say({
    text: `What happened to contract ${contract.internalId}?`,
    channel: GENERAL,
    user: BOB,
  });
  const asked = await window.message(`What happened to contract ${contract.internalId}?`);
  await asked.getByLabel('More actions').focus();
  await window.page.keyboard.press('Enter');
  await window.page.keyboard.press('Tab');
  expect(await window.page.locator(':focus').innerText()).toBe('Find SpotDraft ids');
  await window.page.keyboard.press('Enter');
  const found = await window.message(/CONTRACT_EXECUTED/);
  expect(await found.innerText()).toContain('Only visible to you');
  expect(await found.innerText()).toContain(String(contract.internalId));
});

test('an ephemeral message is hidden from other people and offers no shortcuts', async (context) => {
  const window = await openWindow(context);
  await window.write('/envcheck help');
  const help = await window.message(HELP);
  expect(await help.innerText()).toContain('Only visible to you');
  expect(await help.getByLabel('More actions').count()).toBe(0);
  await window.show({ as: BOB, at: GENERAL });
  await window.page.getByRole('log', { name: 'Messages in #general' }).waitFor();
  expect(await window.page.getByText(HELP).count()).toBe(0);
});

test('a private report is re-checked in place', async (context) => {
  const window = await openWindow(context);
  // No other test posts in this channel.
  await window.show({ as: ALICE, at: 'C0NOBOT' });
  await window.write('/envcheck prod --private');
  const report = await nextReport(window, 0);
  const callsOf = async () => (await report.innerText()).match(/rpt_\w{26}/)?.[0];
  const before = await callsOf();
  const count = await window.messages.locator(':scope > li').count();
  await report.getByRole('button', { name: 'Re-check' }).click();
  await window.page.waitForTimeout(300);
  await nextReport(window, 0);
  expect(await callsOf()).not.toBe(before);
  expect(await window.messages.locator(':scope > li').count()).toBe(count);
});

test('someone without the permission sees who has it, and an operator must confirm first', async (context) => {
  const window = await openWindow(context);
  const { page, sandbox } = window;
  await repairEverything(sandbox);
  const webhooks = () => sandbox.world.prod.webhooks.length;
  const before = webhooks();
  const register = async (confirmed: boolean) => {
    await window.write('/envcheck webhooks prod');
    const message = await window.message(/Webhooks of prod/);
    await message
      .getByRole('button', { name: /^Register/ })
      .first()
      .click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.innerText()).toMatch(/prod \(production\)/);
    await dialog
      .getByRole('button')
      .nth(confirmed ? 1 : 0)
      .click();
    await dialog.waitFor({ state: 'hidden' });
  };
  await register(true);
  await window.message(/@operators/);
  expect(webhooks()).toBe(before);

  await window.show({ as: BOB, at: GENERAL });
  await register(false);
  await page.waitForTimeout(500);
  expect(webhooks()).toBe(before);
  await register(true);
  await window.message(/1 active/);
  expect(webhooks()).toBe(before + 1);
});

test('a command can be completed with the arrow keys', async (context) => {
  const window = await openWindow(context);
  const { page } = window;
  const field = page.getByRole('combobox', { name: 'Message #general' });
  await field.pressSequentially('/env');
  expect(await page.getByRole('option').count()).toBeGreaterThan(5);
  await field.pressSequentially('check h');
  await field.press('ArrowDown');
  expect(await field.getAttribute('aria-activedescendant')).toBe(
    await page.getByRole('option', { selected: true }).getAttribute('id'),
  );
  await page.keyboard.press('End');
  await page.getByRole('option', { name: '/envcheck help' }).waitFor();
  while (!(await page.getByRole('option', { name: '/envcheck help', selected: true }).isVisible()))
    await field.press('ArrowDown');
  await field.press('Enter');
  expect(await field.inputValue()).toBe('/envcheck help');
  const helps = window.messages.locator(':scope > li').filter({ hasText: HELP });
  const before = await helps.count();
  await field.press('Enter');
  await helps.nth(before).waitFor();
});

test('text that cannot be sent stays in the field, with the reason', async (context) => {
  const window = await openWindow(context);
  await window.write('/remind me');
  await window.page
    .getByRole('alert')
    .filter({ hasText: '/remind is not a valid command. The only one is /envcheck.' })
    .waitFor();
  expect(await window.page.getByRole('combobox', { name: 'Message #general' }).inputValue()).toBe(
    '/remind me',
  );
});

test('a person can open a thread from a message and reply in it', async (context) => {
  const window = await openWindow(context);
  const { page, sandbox } = window;
  sandbox.world.slack.say({ text: 'Who goes live tomorrow?', channel: GENERAL, user: BOB });
  const question = await window.message('Who goes live tomorrow?');
  await question.getByLabel('More actions').click();
  await question.getByRole('link', { name: 'Reply in thread' }).click();
  const reply = page.getByRole('combobox', { name: 'Message the thread' });
  await reply.fill('We do, @bob & <all>');
  await reply.press('Enter');
  const thread = page.getByRole('complementary', { name: 'Thread' });
  await thread.getByText('We do, @bob & <all>').waitFor();
  await question.getByRole('link', { name: '1 reply' }).waitFor();
  expect(sandbox.world.slack.messages(GENERAL).at(-1)?.text).toBe('We do, <@U0BOB> &amp; &lt;all&gt;');
});

test('the bot also answers in a direct message and in a channel without the bot', async (context) => {
  const window = await openWindow(context);
  for (const at of ['dm', 'G0SECRET']) {
    await window.show({ as: ALICE, at });
    await window.write('/envcheck help');
    await window.message(HELP);
  }
});
