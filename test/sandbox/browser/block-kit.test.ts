import { afterAll, expect, test } from 'vitest';
import { startStubApp } from './stub-app.ts';
import { ALICE, BOB, closeBrowser, GENERAL, shareSandbox } from './window.ts';

const openWindow = shareSandbox();
afterAll(closeBrowser);

const plain = (text: string) => ({ type: 'plain_text' as const, text });
const option = (value: string) => ({ text: plain(`The ${value}`), value });

test('every interactive element sends the payload that Slack would send', async (context) => {
  const window = await openWindow(context);
  const { page, sandbox } = window;
  const { client, payloads } = await startStubApp(context, sandbox);
  await client.chat.postMessage({
    channel: GENERAL,
    text: 'Elements',
    blocks: [
      {
        type: 'section',
        text: { type: 'mrkdwn', text: '*Which*?' },
        accessory: { type: 'overflow', action_id: 'more', options: [option('first'), option('second')] },
      },
      {
        type: 'actions',
        block_id: 'acting',
        elements: [
          {
            type: 'static_select',
            action_id: 'pick',
            placeholder: plain('Pick one'),
            options: [option('uat'), option('prod')],
          },
          { type: 'users_select', action_id: 'who', placeholder: plain('Pick somebody') },
          { type: 'datepicker', action_id: 'until', placeholder: plain('Until') },
          { type: 'checkboxes', action_id: 'tick', options: [option('a'), option('b'), option('c')] },
        ],
      },
    ],
  });
  const message = await window.message('Which?');
  const next = async (act: () => Promise<void>) => {
    const before = payloads.length;
    await act();
    await sandbox.world.slack.waitFor(() => payloads.length > before);
    return payloads.at(-1)?.actions?.[0];
  };
  const choose = async (menu: string, entry: string) => {
    await message.getByText(menu, { exact: false }).first().click();
    await message.getByRole('button', { name: entry }).click();
  };
  expect(
    await next(async () => {
      await message.getByLabel('More options').click();
      await message.getByRole('button', { name: 'The second' }).click();
    }),
  ).toMatchObject({ action_id: 'more', selected_option: { value: 'second' } });
  expect(await next(() => choose('Pick one', 'The prod'))).toMatchObject({
    action_id: 'pick',
    selected_option: { value: 'prod' },
  });
  expect(await next(() => choose('Pick somebody', '@bob'))).toMatchObject({ selected_user: BOB });
  expect(
    await next(async () => {
      await message.getByLabel('Until').fill('2026-12-24');
      await message.getByRole('button', { name: 'Set' }).first().click();
    }),
  ).toMatchObject({ action_id: 'until', selected_date: '2026-12-24' });
  expect(
    await next(async () => {
      await message.getByLabel('The a').check();
      await message.getByLabel('The c').check();
      await message.getByRole('button', { name: 'Set' }).last().click();
    }),
  ).toMatchObject({ action_id: 'tick', selected_options: [{ value: 'a' }, { value: 'c' }] });
  expect(await page.getByRole('alert').filter({ hasText: /./ }).count()).toBe(0);
});

const form = (title: string) => ({
  type: 'modal' as const,
  title: plain(title),
  submit: plain('Accept'),
  close: plain('Not now'),
  notify_on_close: true,
  blocks: [
    {
      type: 'input',
      block_id: 'why',
      label: plain('Reason'),
      hint: plain('Who reads it later wants to know'),
      element: { type: 'plain_text_input', action_id: 'reason', multiline: true },
    },
    {
      type: 'input',
      block_id: 'till',
      label: plain('Until'),
      element: { type: 'datepicker', action_id: 'until', initial_date: '2026-12-01' },
    },
    {
      type: 'input',
      block_id: 'kind',
      optional: true,
      label: plain('Kind'),
      element: { type: 'radio_buttons', action_id: 'kind', options: [option('one'), option('all')] },
    },
  ],
});

test('a rejected modal shows the error under its input and keeps the entered values until it is corrected', async (context) => {
  const window = await openWindow(context);
  const { page, sandbox } = window;
  const stubApp = await startStubApp(context, sandbox);
  const { client, payloads } = stubApp;
  const button = { type: 'button', action_id: 'open', text: plain('Accept…') };
  await client.chat.postMessage({
    channel: GENERAL,
    text: 'x',
    blocks: [{ type: 'actions', elements: [button] }] as never,
  });
  const open = page.getByRole('button', { name: 'Accept…' });
  stubApp.answer = ({ type, trigger_id }) => {
    if (type === 'block_actions') void client.views.open({ trigger_id, view: form('A difference') as never });
    return null;
  };
  await open.focus();
  await page.keyboard.press('Enter');
  const modal = page.getByRole('dialog', { name: 'A difference' });
  await modal.waitFor();
  expect(await page.locator(':focus').getAttribute('name')).toBe('reason');
  await page.keyboard.type('Too short');
  await modal.getByLabel('The all').check();

  stubApp.answer = () => ({ response_action: 'errors', errors: { why: 'At least ten words, please.' } });
  await modal.getByRole('button', { name: 'Accept' }).click();
  await modal.getByRole('alert').filter({ hasText: 'At least ten words, please.' }).waitFor();
  const reason = modal.getByLabel('Reason');
  expect(await reason.getAttribute('aria-invalid')).toBe('true');
  expect(await reason.inputValue()).toBe('Too short');
  expect(await modal.getByLabel('The all').isChecked()).toBe(true);

  stubApp.answer = () => null;
  await reason.fill('Long enough for everybody');
  await modal.getByRole('button', { name: 'Accept' }).click();
  await modal.waitFor({ state: 'hidden' });
  expect(payloads.at(-1)).toMatchObject({
    type: 'view_submission',
    user: { id: ALICE },
    view: {
      state: {
        values: {
          why: { reason: { value: 'Long enough for everybody' } },
          till: { until: { selected_date: '2026-12-01' } },
          kind: { kind: { selected_option: { value: 'all' } } },
        },
      },
    },
  });
  expect(await page.locator(':focus').innerText()).toBe('Accept…');
});

test('Escape closes a modal and sends view_closed to an app that asked for it', async (context) => {
  const window = await openWindow(context);
  const { page, sandbox } = window;
  const stubApp = await startStubApp(context, sandbox);
  stubApp.answer = ({ type, trigger_id }) => {
    if (type === 'message_action')
      void stubApp.client.views.open({ trigger_id, view: form('From a message') as never });
    return null;
  };
  sandbox.world.slack.say({ text: 'A message', channel: GENERAL, user: BOB });
  const message = await window.message('A message');
  await message.getByLabel('More actions').click();
  await message.getByRole('button', { name: 'Find SpotDraft ids' }).click();
  const modal = page.getByRole('dialog', { name: 'From a message' });
  await modal.waitFor();
  await page.keyboard.press('Escape');
  await modal.waitFor({ state: 'hidden' });
  await sandbox.world.slack.waitFor(() => stubApp.payloads.some(({ type }) => type === 'view_closed'));
});

test('the Home tab shows the view published for this person, and its buttons work', async (context) => {
  const window = await openWindow(context);
  const { page, sandbox } = window;
  const { client, payloads } = await startStubApp(context, sandbox);
  const button = { type: 'button', action_id: 'check_all', text: plain('Check all'), value: 'x' };
  await client.views.publish({
    user_id: ALICE,
    view: {
      type: 'home',
      blocks: [
        { type: 'header', text: plain('Everything is green') },
        { type: 'actions', elements: [button] },
      ] as never,
    },
  });
  await window.show({ as: ALICE, at: 'home' });
  await page.getByRole('heading', { name: 'Everything is green' }).waitFor();
  expect(sandbox.world.slack.history.some(({ text }) => text === 'app_home_opened')).toBe(true);
  await page.getByRole('button', { name: 'Check all' }).click();
  await sandbox.world.slack.waitFor(() => payloads.some(({ type }) => type === 'block_actions'));
  await window.show({ as: BOB, at: 'home' });
  await page.getByText('has not published a Home tab for you').waitFor();
});
